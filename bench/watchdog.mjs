// What do limits cost calls that never reach them?
import { OFFMAIN, open, PISCINA, WORKERPOOL } from './contestants/index.mjs'
import { bench } from './harness/bench.mjs'
import { drive, smallObject } from './harness/drive.mjs'
import { THREADS } from './harness/machine.mjs'
import { takeTurns } from './harness/rounds.mjs'

const METRICS = [{ key: 'throughput', label: 'throughput', unit: 'calls/s', better: 'more' }]
const IN_FLIGHT = 256
const LIMIT_MS = 60_000
const NO_LIMITS = { timeout: Number.POSITIVE_INFINITY, startTimeout: Number.POSITIVE_INFINITY }

await bench('watchdog', 'what do limits cost tiny calls that never reach them?', async ({ quick, tell }) => {
  const rounds = quick ? 4 : 31
  const forMs = quick ? 40 : 200
  const tables = []
  for (const name of [OFFMAIN, PISCINA, WORKERPOOL]) {
    const unlimited = await open(name, { threads: THREADS, options: NO_LIMITS })
    // Ours has limits unless told otherwise; the others take one with each call, on the same pool.
    const limited = name === OFFMAIN ? await open(name, { threads: THREADS }) : unlimited
    const call = (pool) => (turn) => pool.call('tiny', smallObject(turn))
    const callLimited = (turn) => limited.callLimited('tiny', smallObject(turn), LIMIT_MS)
    const contestants = [
      { name, call: name === OFFMAIN ? call(limited) : callLimited },
      { name: `${name}, no limits`, call: call(unlimited) },
    ]
    const load = ({ call }) => drive(call, (turn) => turn, { inFlight: IN_FLIGHT, forMs })
    await takeTurns(contestants, 2, (contestant) => load(contestant))
    const rows = await takeTurns(contestants, rounds, async (contestant, round) => {
      tell(`round ${round + 1} of ${rounds}, ${contestant.name}`)
      const { calls, ms } = await load(contestant)
      return { throughput: (calls / ms) * 1000 }
    })
    tables.push({ case: name, metrics: METRICS, baselines: [`${name}, no limits`], rows })
    await limited.close()
    if (unlimited !== limited) await unlimited.close()
  }
  return tables
})
