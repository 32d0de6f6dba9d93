import { createHash } from 'node:crypto'
import { closeSync, openSync, readSync } from 'node:fs'
import { brotliCompressSync, constants } from 'node:zlib'
import type { BackgroundTask, UserConnection, UserConnectionRequired } from '../contract/task.js'

export interface FileDigest {
  readonly path: string
  readonly bytes: number
  readonly sha256: string
  /** Size after brotli of quality 4; larger files are compressed in blocks of 4 MiB. */
  readonly brotliBytes: number
  /** Line feeds, as `wc -l` counts. */
  readonly lines: number
  /** Runs of bytes that are no ASCII white space, as `wc -w` counts. */
  readonly words: number
  /** Whom the task acted for. */
  readonly user: string
}

/** Reads one file, a block at a time, and works on it on this thread: synchronously, which harms nobody here. */
export class DigestFile
  implements BackgroundTask<{ path: string }, FileDigest>, UserConnectionRequired<UserConnection>
{
  #user = ''

  setUserConnection(connection: UserConnection): void {
    this.#user = connection.id
  }

  run({ path }: { path: string }): FileDigest {
    const hash = createHash('sha256')
    const text = new TextCount()
    let bytes = 0
    let brotliBytes = 0
    for (const block of blocksOf(path)) {
      bytes += block.length
      hash.update(block)
      text.add(block)
      brotliBytes += brotliCompressSync(block, BROTLI).length
    }
    const { lines, words } = text
    return { path, bytes, sha256: hash.digest('hex'), brotliBytes, lines, words, user: this.#user }
  }
}

/** Counts lines and words across blocks. */
class TextCount {
  lines = 0
  words = 0
  #inWord = false

  add(block: Uint8Array): void {
    let inWord = this.#inWord
    for (const byte of block) {
      if (byte === LINE_FEED) this.lines++
      const isSpace = byte === SPACE || (byte >= TAB && byte <= CARRIAGE_RETURN)
      if (!isSpace && !inWord) this.words++
      inWord = !isSpace
    }
    this.#inWord = inWord
  }
}

function* blocksOf(path: string): Generator<Uint8Array, void, undefined> {
  const file = openSync(path, 'r')
  try {
    for (;;) {
      const length = readSync(file, buffer, 0, BLOCK_BYTES, null)
      if (length === 0) return
      yield buffer.subarray(0, length)
    }
  } finally {
    closeSync(file)
  }
}

const BLOCK_BYTES = 4 * 1024 * 1024
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }
const TAB = 9
const LINE_FEED = 10
const CARRIAGE_RETURN = 13
const SPACE = 32
/** Of this thread, which runs one call at a time. */
const buffer = Buffer.allocUnsafeSlow(BLOCK_BYTES)
