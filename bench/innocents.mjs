// Two users flood the pool with endless loops: what do the calls of eight others notice?
import { OFFMAIN, open, PISCINA, TINYPOOL, WORKERPOOL } from './contestants/index.mjs'
import { bench } from './harness/bench.mjs'
import { calibrate } from './harness/calibrate.mjs'
import { deadline } from './harness/deadline.mjs'
import { check } from './harness/drive.mjs'
import { THREADS } from './harness/machine.mjs'
import { takeTurns } from './harness/rounds.mjs'
import { crunch } from './tasks/work.mjs'

const CALL_MS = 5
const USERS = 8
const ATTACKERS = 2
/** Loops that each attacker has waiting or running at any time. */
const FLOOD = 20
/** The limit of the loops; the innocent have one that they do not reach by themselves. */
const LOOP_LIMIT_MS = 50
const CALL_LIMIT_MS = 5_000
/** What was started when the scene ends must come to an end as well: the whole flood, one after the other. */
const DRAIN_MS = 15_000
const CLOSE_MS = 5_000
const METRICS = [
  { key: 'p99', of: 'latency', quantile: 0.99, label: 'latency p99', unit: 'ms', better: 'less' },
  { key: 'p50', of: 'latency', label: 'latency p50', unit: 'ms', better: 'less' },
  { key: 'completed', label: 'completed', unit: '%', better: 'more' },
  { key: 'calls', label: 'calls', unit: '', better: 'more' },
  { key: 'stopped', label: 'loops stopped', unit: '', better: 'more' },
]

const question = `what do ${CALL_MS} ms calls of ${USERS} users notice of ${ATTACKERS} others who flood the pool with endless loops?`

await bench('innocents', question, async ({ quick, tell }) => {
  const forMs = quick ? 400 : 6_000
  const steps = Math.round(CALL_MS * calibrate())
  const names = [OFFMAIN, PISCINA, TINYPOOL, WORKERPOOL]
  const tables = []
  for (const [scene, attackers] of /** @type {const} */ ([
    ['without attack', 0],
    ['under attack', ATTACKERS],
  ])) {
    const rows = await takeTurns(
      names.map((name) => ({ name })),
      1,
      ({ name }) => {
        tell(`${scene}, ${name}`)
        return play(name, steps, attackers, forMs)
      },
    )
    tables.push({ case: scene, metrics: METRICS, baselines: [PISCINA], rows })
  }
  return tables
})

/** One scene on a pool of its own: each user has one call under way, each attacker as many loops as make a flood. */
async function play(name, steps, attackers, forMs) {
  const options = { suspend: { after: Number.POSITIVE_INFINITY } }
  const pool = await open(name, { threads: THREADS, options })
  const expected = crunch({ steps })
  for (let turn = 0; turn < THREADS * 4; turn++) check(await pool.call('crunchOrHang', { steps }), expected)

  const latency = []
  let lost = 0
  let stopped = 0
  const endAt = performance.now() + forMs
  const attack = async (user) => {
    while (performance.now() < endAt) {
      const ended = await outcomeOf(pool.callLimited('crunchOrHang', { steps: -1 }, LOOP_LIMIT_MS, user))
      if (ended.error === undefined) throw new Error('an endless loop returned')
      stopped++
    }
  }
  const serve = async (user) => {
    while (performance.now() < endAt) {
      const startedAt = performance.now()
      const ended = await outcomeOf(pool.callLimited('crunchOrHang', { steps }, CALL_LIMIT_MS, user))
      latency.push(performance.now() - startedAt)
      if (ended.error === undefined) check(ended.value, expected)
      else lost++
    }
  }
  const flood = Array.from({ length: attackers * FLOOD }, (_, index) => attack(`attacker ${index % attackers}`))
  const users = Array.from({ length: USERS }, (_, index) => serve(`user ${index}`))
  await deadline(Promise.all([...flood, ...users]), forMs + DRAIN_MS, 'the scene')
  await deadline(pool.close(), CLOSE_MS, 'close')
  return { latency, completed: (100 * (latency.length - lost)) / latency.length, calls: latency.length, stopped }
}

async function outcomeOf(promise) {
  try {
    return { value: await promise, error: undefined }
  } catch (error) {
    return { value: undefined, error }
  }
}
