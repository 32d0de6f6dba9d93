// A call never ends: how soon after its limit is that known, and how soon is the next call served?
import { ALL, closeAll, INLINE, openAll, PISCINA } from './contestants/index.mjs'
import { bench } from './harness/bench.mjs'
import { calibrate } from './harness/calibrate.mjs'
import { runChild } from './harness/child.mjs'
import { cannot, takeTurns } from './harness/rounds.mjs'
import { stopLoop } from './harness/stop-loop.mjs'

const LIMIT_MS = 150
const METRICS = [
  { key: 'next', label: 'next call served', unit: 'ms', better: 'less' },
  { key: 'outcome', label: 'outcome', unit: 'ms', better: 'less' },
  { key: 'outcomeP99', of: 'outcome', quantile: 0.99, label: 'outcome p99', unit: 'ms', better: 'less' },
  { key: 'named', label: 'names the line', unit: '%', better: 'more' },
]

const question = `a call never ends: how long after its limit of ${LIMIT_MS} ms is that known, and the next one served?`

await bench('stop', question, async ({ quick, tell }) => {
  const rounds = quick ? 1 : 20
  const steps = Math.round(calibrate())
  const unable = [cannot(INLINE, 'a loop on the main thread never ends, and nothing else runs any more')]
  const able = []
  for (const name of ALL.filter((candidate) => candidate !== INLINE)) {
    tell(`can it at all? ${name}`)
    const { problem } = await runChild('stop-loop', { name, limitMs: LIMIT_MS, steps })
    if (problem === undefined) able.push(name)
    else unable.push(cannot(name, `did not stop it: ${problem}`))
  }
  const options = { suspend: { after: Number.POSITIVE_INFINITY } }
  const contestants = await openAll(able, { threads: 1, options })
  const rows = await takeTurns(contestants, rounds, ({ name, pool }, round) => {
    tell(`round ${round + 1} of ${rounds}, ${name}`)
    return stopLoop(pool, LIMIT_MS, steps)
  })
  await closeAll(contestants)
  return [{ case: 'an endless loop', metrics: METRICS, baselines: [PISCINA], rows: [...rows, ...unable] }]
})
