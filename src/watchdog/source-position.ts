import { readFileSync } from 'node:fs'
import { SourceMap, type SourceMapPayload } from 'node:module'
import type { StackFrame } from '../errors.js'

/**
 * The frame as it is in the source that the script was made of, where the process runs with `--enable-source-maps` and
 * the script names a map that can be read; otherwise the frame as it is.
 *
 * @param mapUrl what the script says of its map: a `data:` URL, or one relative to the script
 */
export function inSource(frame: StackFrame, mapUrl: string | undefined): StackFrame {
  if (process.sourceMapsEnabled !== true || mapUrl === undefined || mapUrl === '') return frame
  try {
    const url = new URL(mapUrl, frame.url)
    const entry = new SourceMap(readPayload(url)).findEntry(frame.line - 1, frame.column - 1)
    if (!('originalSource' in entry)) return frame
    return {
      function: frame.function,
      url: new URL(entry.originalSource, url.protocol === 'data:' ? frame.url : url).href,
      line: entry.originalLine + 1,
      column: entry.originalColumn + 1,
    }
  } catch {
    return frame
  }
}

function readPayload(url: URL): SourceMapPayload {
  if (url.protocol !== 'data:') return JSON.parse(readFileSync(url, 'utf8')) as SourceMapPayload
  const [head = '', body = ''] = url.pathname.split(/,(.*)/s)
  const text = head.endsWith(';base64') ? Buffer.from(body, 'base64').toString('utf8') : decodeURIComponent(body)
  return JSON.parse(text) as SourceMapPayload
}
