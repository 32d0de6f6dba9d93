// How late is the main thread for everything else while 256 calls are under way?
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises'
import { ALL, closeAll, INLINE, openAll, PISCINA } from './contestants/index.mjs'
import { bench } from './harness/bench.mjs'
import { driveTiny } from './harness/drive.mjs'
import { THREADS } from './harness/machine.mjs'
import { takeTurns } from './harness/rounds.mjs'

const METRICS = [
  { key: 'p99', label: 'delay p99', unit: 'ms', better: 'less' },
  { key: 'p50', label: 'delay p50', unit: 'ms', better: 'less' },
  { key: 'max', label: 'delay max', unit: 'ms', better: 'less' },
  { key: 'throughput', label: 'throughput', unit: 'calls/s', better: 'more' },
]
const IN_FLIGHT = 256

await bench('delay', 'how late is the main thread while 256 tiny calls are under way?', async ({ quick, tell }) => {
  const rounds = quick ? 2 : 7
  const forMs = quick ? 60 : 400
  const opened = await openAll(ALL, { threads: THREADS })
  const contestants = [
    ...opened,
    { name: 'nothing', note: 'an idle loop: what the clock itself shows', pool: undefined },
  ]
  const load = async ({ name, pool }) => {
    if (pool === undefined) return { calls: 0, ms: await delay(forMs, forMs) }
    return name === INLINE ? driveInline(pool, forMs) : driveTiny(pool, { inFlight: IN_FLIGHT, forMs })
  }
  await takeTurns(contestants, 1, (contestant) => load(contestant))
  const rows = await takeTurns(contestants, rounds, async (contestant, round) => {
    tell(`round ${round + 1} of ${rounds}, ${contestant.name}`)
    const histogram = monitorEventLoopDelay({ resolution: 1 })
    histogram.enable()
    const { calls, ms } = await load(contestant)
    histogram.disable()
    const at = (percentile) => histogram.percentile(percentile) / 1e6
    const figures = { p99: at(99), p50: at(50), max: histogram.max / 1e6 }
    return calls === 0 ? figures : { ...figures, throughput: (calls / ms) * 1000 }
  })
  await closeAll(opened)
  for (const row of rows) if (row.contestant === INLINE) row.note = `${IN_FLIGHT} calls, then a turn of the loop`
  return [{ case: '256 in flight', metrics: METRICS, baselines: [PISCINA], rows }]
})

/** Without a break it would hold the loop as long as there is work. */
async function driveInline(pool, forMs) {
  const total = { calls: 0, ms: 0 }
  while (total.ms < forMs) {
    const startedAt = performance.now()
    total.calls += (await driveTiny(pool, { inFlight: 1, calls: IN_FLIGHT })).calls
    await nextTurn()
    total.ms += performance.now() - startedAt
  }
  return total
}
