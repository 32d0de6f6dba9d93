// A call never ends: how soon after its limit is that known, and how soon is the next call served?
import { ALL, INLINE, OFFMAIN, PISCINA } from './contestants/index.mjs'
import { bench } from './harness/bench.mjs'
import { calibrate } from './harness/calibrate.mjs'
import { runChild } from './harness/child.mjs'
import { cannot, takeTurns } from './harness/rounds.mjs'

const LIMIT_MS = 150
const METRICS = [
  { key: 'next', label: 'next call served', unit: 'ms', better: 'less' },
  { key: 'outcome', label: 'outcome', unit: 'ms', better: 'less' },
  { key: 'outcomeP99', of: 'outcome', quantile: 0.99, label: 'outcome p99', unit: 'ms', better: 'less' },
  { key: 'named', label: 'names the line', unit: '%', better: 'more' },
]

const question = `a call never ends: how long after its limit of ${LIMIT_MS} ms is that known, and the next one served?`

await bench('stop', question, async ({ quick, tell }) => {
  const rounds = quick ? 1 : 3
  const times = quick ? 1 : 5
  const patienceMs = quick ? 2_200 : 4_000
  const steps = Math.round(calibrate())
  // Some of them take seconds, which a quick run has not.
  const names = quick ? [OFFMAIN, PISCINA] : ALL.filter((name) => name !== INLINE)
  const contestants = names.map((name) => ({ name }))
  const problems = new Map()
  const rows = await takeTurns(contestants, rounds, async ({ name }, round) => {
    // Whoever cannot stop one loop is not asked again.
    if (problems.has(name)) return {}
    tell(`round ${round + 1} of ${rounds}, ${name}`)
    const { figures, problem } = await runChild('stop-loop', { name, limitMs: LIMIT_MS, steps, times, patienceMs })
    if (problem !== undefined && name === OFFMAIN) throw new Error(problem)
    if (problem !== undefined) problems.set(name, problem)
    return figures
  })
  for (const row of rows)
    if (problems.has(row.contestant)) row.note = `did not stop it: ${problems.get(row.contestant)}`
  rows.push(cannot(INLINE, 'a loop on the main thread never ends, and nothing else runs any more'))
  return [{ case: 'an endless loop', metrics: METRICS, baselines: [PISCINA], rows }]
})
