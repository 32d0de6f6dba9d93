// How long until a fresh process has its first result?
import { ALL, PISCINA } from './contestants/index.mjs'
import { bench } from './harness/bench.mjs'
import { runChild } from './harness/child.mjs'
import { takeTurns } from './harness/rounds.mjs'

const METRICS = [
  { key: 'imported', label: 'import to first result', unit: 'ms', better: 'less' },
  { key: 'opened', label: 'new pool to first result', unit: 'ms', better: 'less' },
]

await bench(
  'startup',
  'how long until a fresh process has its first result, from one thread?',
  async ({ quick, tell }) => {
    const rounds = quick ? 1 : 15
    const contestants = ALL.map((name) => ({ name }))
    const rows = await takeTurns(contestants, rounds, ({ name }, round) => {
      tell(`round ${round + 1} of ${rounds}, ${name}`)
      return runChild('first-result', { name, threads: 1 })
    })
    return [{ case: 'cold', metrics: METRICS, baselines: [PISCINA], rows }]
  },
)
