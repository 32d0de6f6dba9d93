import { isUtf8 } from 'node:buffer'
import { UsageError } from './usage-error.js'

export interface JsonLine {
  /** From 1; blank lines count. */
  readonly line: number
  readonly value: unknown
}

/**
 * Parses newline-delimited JSON as it arrives; blank lines are skipped. Only `\n` ends a line (`readline` would also
 * split at U+2028, which JSON strings may contain).
 *
 * @param longestLine in bytes: beyond, the input is hardly made of lines, and is not gathered in memory
 * @throws UsageError that names the line
 */
export async function* jsonLines(
  chunks: AsyncIterable<Uint8Array>,
  longestLine: number = LONGEST_LINE,
): AsyncGenerator<JsonLine, void, undefined> {
  let line = 0
  let pieces: Uint8Array[] = []
  let size = 0
  const keep = (piece: Uint8Array): void => {
    size += piece.length
    if (size > longestLine) throw new UsageError(`line ${line + 1} is longer than ${longestLine} bytes`)
    pieces.push(piece)
  }
  const parseKept = (): JsonLine | undefined => {
    const bytes = pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces, size)
    pieces = []
    size = 0
    return parseLine(bytes, ++line)
  }
  for await (const chunk of chunks) {
    let start = 0
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      keep(chunk.subarray(start, end))
      start = end + 1
      const parsed = parseKept()
      if (parsed !== undefined) yield parsed
    }
    if (start < chunk.length) keep(chunk.subarray(start))
  }
  const last = parseKept()
  if (last !== undefined) yield last
}

function parseLine(bytes: Uint8Array, line: number): JsonLine | undefined {
  if (!isUtf8(bytes)) throw new UsageError(`line ${line} is not UTF-8`)
  const decoded = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8')
  const text = line === 1 && decoded.startsWith(BYTE_ORDER_MARK) ? decoded.slice(1) : decoded
  if (/^\s*$/.test(text)) return undefined
  try {
    return { line, value: JSON.parse(text) }
  } catch (error) {
    throw new UsageError(`line ${line} is not JSON: ${(error as Error).message}`)
  }
}

const NEWLINE = 10
const BYTE_ORDER_MARK = '\ufeff'
const LONGEST_LINE = 64 * 1024 * 1024
