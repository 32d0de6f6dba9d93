// What does it cost to have a thread do next to nothing?
import { ALL, closeAll, openAll, PISCINA } from './contestants/index.mjs'
import { bench } from './harness/bench.mjs'
import { driveTiny } from './harness/drive.mjs'
import { THREADS } from './harness/machine.mjs'
import { takeTurns } from './harness/rounds.mjs'

const LATENCY = { key: 'latency', label: 'latency', unit: 'µs', better: 'less' }
const THROUGHPUT = { key: 'throughput', label: 'throughput', unit: 'calls/s', better: 'more' }
const MAIN = { key: 'main', label: 'main thread', unit: 'µs a call', better: 'less' }
const CPU = { key: 'cpu', label: 'CPU', unit: 'µs a call', better: 'less' }

await bench('dispatch', 'what does it cost to have a thread do next to nothing?', async ({ quick, tell }) => {
  const rounds = quick ? 2 : 7
  const forMs = quick ? 40 : 200
  const warmUpRounds = quick ? 1 : 3
  const contestants = await openAll(ALL, { threads: THREADS })
  const tables = []
  // The easiest case comes last: by then all code is warm, and the latency is that of a program that has run a while.
  for (const inFlight of [256, 16, 1]) {
    const until = { inFlight, forMs }
    await takeTurns(contestants, warmUpRounds, ({ pool }) => driveTiny(pool, until))
    const rows = await takeTurns(contestants, rounds, async ({ name, pool }, round) => {
      tell(`${inFlight} in flight, round ${round + 1} of ${rounds}, ${name}`)
      const { calls, ms, mainMs, cpuMs } = await driveTiny(pool, until)
      return {
        latency: ((ms * 1000) / calls) * inFlight,
        throughput: (calls / ms) * 1000,
        main: (mainMs * 1000) / calls,
        cpu: (cpuMs * 1000) / calls,
      }
    })
    const metrics = [inFlight === 1 ? LATENCY : THROUGHPUT, MAIN, CPU]
    tables.push({ case: `${inFlight} in flight`, metrics, baselines: [PISCINA], rows })
  }
  await closeAll(contestants)
  return tables.reverse()
})
