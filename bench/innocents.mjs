// Two users flood the pool with endless loops: what do the calls of eight others notice?
import { OFFMAIN, PISCINA, TINYPOOL, WORKERPOOL } from './contestants/index.mjs'
import { bench } from './harness/bench.mjs'
import { calibrate } from './harness/calibrate.mjs'
import { runChild } from './harness/child.mjs'
import { THREADS } from './harness/machine.mjs'
import { takeTurns } from './harness/rounds.mjs'

const CALL_MS = 5
const USERS = 8
const ATTACKERS = 2
/** Loops that each attacker has waiting or running at any time. */
const FLOOD = 20
const LOOP_LIMIT_MS = 50
/** Those who can stop a loop: see `stop`. */
const CONTESTANTS = [OFFMAIN, PISCINA, TINYPOOL, WORKERPOOL]
const METRICS = [
  { key: 'p99', of: 'latency', quantile: 0.99, label: 'latency p99', unit: 'ms', better: 'less' },
  { key: 'p50', of: 'latency', quantile: 0.5, label: 'latency p50', unit: 'ms', better: 'less' },
  { key: 'completed', label: 'completed', unit: '%', better: 'more' },
  { key: 'calls', label: 'calls', unit: '', better: 'more' },
  { key: 'stopped', label: 'loops stopped', unit: '', better: 'more' },
]

const question = `what do ${CALL_MS} ms calls of ${USERS} users notice of ${ATTACKERS} others who flood the pool with endless loops (limit ${LOOP_LIMIT_MS} ms)?`

await bench('innocents', question, async ({ quick, tell }) => {
  const scene = {
    threads: THREADS,
    steps: Math.round(CALL_MS * calibrate()),
    users: USERS,
    flood: FLOOD,
    limitMs: LOOP_LIMIT_MS,
    warmMs: quick ? 300 : 1_000,
    forMs: quick ? 200 : 4_000,
    drainMs: quick ? 500 : 3_000,
  }
  // With the others a quick run would mostly wait for loops to be stopped.
  const names = quick ? [OFFMAIN, PISCINA] : CONTESTANTS
  const contestants = names.flatMap((name) =>
    name === OFFMAIN
      ? [
          { name, note: 'suspends the task that loops' },
          { name: `${OFFMAIN}, no suspension`, contestant: name, suspends: false },
        ]
      : { name },
  )
  const tables = []
  for (const attackers of [0, ATTACKERS]) {
    const rows = await takeTurns(contestants, 1, ({ name, contestant = name, suspends = true }) => {
      tell(`${attackers} attackers, ${name}`)
      return runChild('flooded-pool', { ...scene, name: contestant, suspends, attackers })
    })
    tables.push({
      case: attackers === 0 ? 'without attack' : 'under attack',
      metrics: METRICS,
      baselines: [PISCINA],
      rows,
    })
  }
  return tables
})
