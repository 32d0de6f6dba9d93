import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { StackFrame } from '../errors.js'
import type { OutcomeStatus } from '../outcome.js'
import type { DigestTally } from './digest-tally.js'
import type { EventLoopLag } from './event-loop-lag.js'
import { formatBytes, formatMs, formatSeconds } from './format-quantity.js'
import { oneLine, paintStatus } from './outcome-line.js'
import { RUNAWAY_LIMIT_MS, type RunawayReport } from './runaways.js'
import { textTable } from './text-table.js'

/** What `offmain demo` found; times in ms. */
export interface DemoReport extends Omit<DigestTally, 'add' | 'addUnreadable'> {
  /** From the start, threads included, until the last file. */
  readonly elapsed: number
  readonly megabytesPerSecond: number
  readonly runaways: readonly RunawayReport[]
  readonly eventLoopLag: EventLoopLag
}

/** Every file has its result, and exactly the runaways timed out. */
export function isAsExpected({ failed, files, statuses, runaways }: DemoReport): boolean {
  return failed === 0 && statuses.completed === files && runaways.every(({ status }) => status === 'timed-out')
}

export function demoText(report: DemoReport): string {
  return [filesText(report), failuresText(report), statusesText(report), runawaysText(report), lagText(report)]
    .filter((part) => part !== '')
    .join('\n\n')
}

function filesText({
  files,
  bytes,
  brotliBytes,
  lines,
  words,
  elapsed,
  megabytesPerSecond,
  users,
}: DemoReport): string {
  const shares = Object.entries(users).map(([user, count]) => `${count} as ${user}`)
  return [
    `${files} files${shares.length > 0 ? `, ${shares.join(', ')}` : ''}`,
    `${formatBytes(bytes)} in ${formatSeconds(elapsed)}, ${megabytesPerSecond.toFixed(2)} MB/s`,
    `${formatBytes(brotliBytes)} after brotli, ${lines} lines, ${words} words`,
  ].join('\n')
}

function failuresText({ failed, failures }: DemoReport): string {
  const told = failures.map(({ path, status, message }) => `${status}: ${path}: ${oneLine(message)}`)
  return [...told, ...(failed > failures.length ? [`and ${failed - failures.length} more`] : [])].join('\n')
}

function statusesText({ statuses, runaways }: DemoReport): string {
  const rows = (Object.entries(statuses) as [OutcomeStatus, number][]).map(([status, count]) => [
    paintStatus(status),
    String(count),
    String(runaways.filter((runaway) => runaway.status === status).length),
  ])
  return textTable([['status', 'files', 'runaways'], ...rows], ['left', 'right', 'right'])
}

function runawaysText({ runaways }: DemoReport): string {
  const rows = runaways.map(({ task, status, stuckAt, stoppedBy, elapsed }) => [
    task,
    paintStatus(status),
    formatMs(elapsed),
    stoppedBy ?? '',
    stuckAt === undefined ? '' : placeOf(stuckAt),
  ])
  const head = [`runaway (limit ${RUNAWAY_LIMIT_MS} ms)`, 'status', 'ran for', 'stopped by', 'stuck at']
  return textTable([head, ...rows], ['left', 'left', 'right', 'left', 'left'])
}

function lagText({ eventLoopLag: { p50, p99, max, resolution } }: DemoReport): string {
  const values = `p50 ${formatMs(p50)}, p99 ${formatMs(p99)}, max ${formatMs(max)}`
  return `main thread, event-loop lag: ${values} (beyond the sampling interval of ${resolution} ms)`
}

/** The file as seen from here, where it is one. */
function placeOf({ url, line }: StackFrame): string {
  const file = url.startsWith('file:') ? relative(process.cwd(), fileURLToPath(url)) : url
  return `${file}:${line}`
}
