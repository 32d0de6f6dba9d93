import { formatBytes } from './format-quantity.js'
import { formatDuration, formatRate, formatRatio } from './tune-quantity.js'
import type { SizeReport } from './tune-report.js'

/** The heads of the table of pool sizes, in the terminal and on the page. */
export const SIZE_COLUMNS: readonly string[] = [
  'threads',
  'in flight',
  'calls',
  'failed',
  'calls/s',
  'to inline',
  'latency p50',
  'p99',
  'main delay p99',
  'main per call',
  'memory per thread',
]

/** One pool size, in the order of the columns. */
export function sizeCells(size: SizeReport): string[] {
  const { threads, inFlightPerThread, calls, failed, throughput, gain, latency } = size
  return [
    String(threads),
    String(threads * inFlightPerThread),
    calls.toLocaleString('en'),
    failed.toLocaleString('en'),
    formatRate(throughput).replace('/s', ''),
    formatRatio(gain),
    formatDuration(latency.p50),
    formatDuration(latency.p99),
    formatDuration(size.mainThreadDelay),
    formatDuration(size.mainThreadPerCall),
    formatBytes(size.memoryPerThread),
  ]
}
