import { reportOf, type TuneReport } from '../../src/cli/tune-report.js'

/** A report of 10 ms of work on two cores. */
export function sampleReport(task = 'BuildStatement', module = 'statements.tasks.js', failed = 0): TuneReport {
  const request = {
    task: { url: new URL(module, `file://${process.cwd()}/`).href, exportName: task },
    ...{ parameters: { year: 2026 }, input: undefined, user: undefined, userConnections: undefined },
    ...{ seconds: 1.5, json: false, html: undefined },
  }
  const pool = (threads: number, throughput: number) => ({
    ...{ threads, throughput, failed, failure: undefined, inFlightPerThread: 2, calls: throughput },
    ...{ latency: { p50: 20, p99: 31.5 }, mainThreadDelay: 0.25, mainThreadPerCall: 0.08, memoryPerThread: 21_400_000 },
  })
  return reportOf(
    request,
    { parameters: [{ year: 2026 }], lines: [1], truncated: false },
    {
      load: 0,
      inline: { calls: 99, p50: 10, p99: 12, mean: 10, busy: 1, needsConnection: false },
      latency: { calls: 98, p50: 10.2, p99: 13, outside: 0.09 },
      pools: [pool(1, 99), pool(2, 190), pool(4, 188)],
    },
    ['tune', module, task, '--parameters', '{"year":2026}'],
  )
}
