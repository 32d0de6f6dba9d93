import type { OutcomeStatus } from '../outcome.js'
import type { RuntimeStats } from '../runtime-report.js'
import { formatMs, formatSeconds, rounded } from './format-quantity.js'
import { paintStatus } from './outcome-line.js'

/** What `offmain run` says at the end; times in ms. */
export interface RunSummary {
  readonly calls: number
  readonly statuses: Readonly<Record<OutcomeStatus, number>>
  /** Of the whole command, from before the threads start. */
  readonly elapsed: number
  readonly wait: { readonly p50: number; readonly p99: number }
  readonly run: { readonly p50: number; readonly p99: number }
}

export function summarize(
  { settled, wait, run }: Pick<RuntimeStats, 'settled' | 'wait' | 'run'>,
  elapsed: number,
): RunSummary {
  return {
    calls: Object.values(settled).reduce((sum, count) => sum + count, 0),
    statuses: settled,
    elapsed: rounded(elapsed),
    wait: { p50: rounded(wait.p50), p99: rounded(wait.p99) },
    run: { p50: rounded(run.p50), p99: rounded(run.p99) },
  }
}

export function summaryText({ calls, statuses, elapsed, wait, run }: RunSummary): string {
  const counted = (Object.entries(statuses) as [OutcomeStatus, number][])
    .filter(([status, count]) => count > 0 || status === 'completed')
    .map(([status, count]) => `${count} ${paintStatus(status)}`)
  return [
    `${calls} ${calls === 1 ? 'call' : 'calls'} in ${formatSeconds(elapsed)}: ${counted.join(', ')}`,
    `wait  p50 ${formatMs(wait.p50)}  p99 ${formatMs(wait.p99)}`,
    `run   p50 ${formatMs(run.p50)}  p99 ${formatMs(run.p99)}`,
  ].join('\n')
}
