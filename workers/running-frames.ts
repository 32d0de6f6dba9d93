import { findSourceMap } from 'node:module'
import { pathToFileURL } from 'node:url'
import type { StackFrame } from '../src/contract/stack-frame.js'

/**
 * The frames of the code that the watchdog has interrupted to ask for them: those below `above`, innermost first. Where
 * the process runs with `--enable-source-maps` they are as in the source.
 */
export function runningFrames(above: () => unknown = runningFrames): StackFrame[] {
  const before = Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace')
  const limit = Error.stackTraceLimit
  try {
    Error.stackTraceLimit = MOST_FRAMES
    Error.prepareStackTrace = (_, sites) => sites
    const holder: { stack?: NodeJS.CallSite[] } = {}
    Error.captureStackTrace(holder, above)
    return (holder.stack ?? []).filter((site) => site.getFileName()).map(frameOf)
  } catch {
    // Some programs freeze `Error`, and code that recurses too deep leaves no room for this.
    return []
  } finally {
    Reflect.set(Error, 'stackTraceLimit', limit)
    if (before === undefined) Reflect.deleteProperty(Error, 'prepareStackTrace')
    else Reflect.defineProperty(Error, 'prepareStackTrace', before)
  }
}

function frameOf(site: NodeJS.CallSite): StackFrame {
  const file = site.getFileName() ?? ''
  const frame = {
    function: site.getFunctionName() ?? '(anonymous)',
    url: /^[a-z]{2,}:/.test(file) ? file : pathToFileURL(file).href,
    line: site.getLineNumber() ?? 0,
    column: site.getColumnNumber() ?? 0,
  }
  return inSource(frame, file)
}

function inSource(frame: StackFrame, file: string): StackFrame {
  if (process.sourceMapsEnabled !== true) return frame
  try {
    const entry = findSourceMap(file)?.findEntry(frame.line - 1, frame.column - 1)
    if (entry === undefined || !('originalSource' in entry)) return frame
    return {
      function: frame.function,
      url: new URL(entry.originalSource, frame.url).href,
      line: entry.originalLine + 1,
      column: entry.originalColumn + 1,
    }
  } catch {
    return frame
  }
}

const MOST_FRAMES = 100
