// A call never ends: how soon after its limit is that known, and how soon is the next call served?
import { ALL, closeAll, openAll, PISCINA } from './contestants/index.mjs'
import { bench } from './harness/bench.mjs'
import { calibrate } from './harness/calibrate.mjs'
import { deadline } from './harness/deadline.mjs'
import { check } from './harness/drive.mjs'
import { cannot, takeTurns } from './harness/rounds.mjs'
import { crunch } from './tasks/work.mjs'

const LIMIT_MS = 150
const PATIENCE_MS = 1_500
const METRICS = [
  { key: 'next', label: 'next call served', unit: 'ms', better: 'less' },
  { key: 'outcome', label: 'outcome', unit: 'ms', better: 'less' },
  { key: 'outcomeP99', of: 'outcome', quantile: 0.99, label: 'outcome p99', unit: 'ms', better: 'less' },
  { key: 'named', label: 'names the line', unit: '%', better: 'more' },
]

const question = `a call never ends: how soon after its limit of ${LIMIT_MS} ms is that known, and the next one served?`

await bench('stop', question, async ({ quick, tell }) => {
  const rounds = quick ? 2 : 30
  const steps = calibrate()
  const expected = crunch({ steps })
  const opened = await openAll(ALL, { threads: 1, options: { suspend: { after: Number.POSITIVE_INFINITY } } })
  const able = opened.filter(({ pool }) => typeof pool.callLimited === 'function')
  const gaveUp = new Map()
  const attempt = async ({ name, pool }) => {
    // The thread is there and idle; the limit starts with the call.
    check(await deadline(pool.call('crunchOrHang', { steps }), PATIENCE_MS, 'a call before'), expected)
    const limitAt = performance.now() + LIMIT_MS
    const stopped = settled(pool.callLimited('crunchOrHang', { steps: -1 }, LIMIT_MS, 'u-1'))
    const next = settled(pool.callLimited('crunchOrHang', { steps }, PATIENCE_MS * 2, 'u-1'))
    const waits = LIMIT_MS + PATIENCE_MS
    const outcome = await deadline(stopped, waits, 'the outcome')
    if (outcome.error === undefined) throw new Error('an endless loop returned')
    const served = await deadline(next, waits, 'the next call')
    if (served.error !== undefined) throw served.error
    check(served.value, expected)
    return {
      outcome: outcome.at - limitAt,
      next: served.at - limitAt,
      named: outcome.error.stuckAt?.[0]?.url.endsWith('/work.mjs') ? 100 : 0,
    }
  }
  // Whoever cannot stop the first loop cannot stop any.
  const able2 = []
  for (const contestant of able) {
    tell(`first try, ${contestant.name}`)
    try {
      await attempt(contestant)
      able2.push(contestant)
    } catch (error) {
      gaveUp.set(contestant.name, `did not stop it: ${error.message}`)
    }
  }
  const rows = await takeTurns(able2, rounds, (contestant, round) => {
    tell(`round ${round + 1} of ${rounds}, ${contestant.name}`)
    return attempt(contestant)
  })
  const unable = opened
    .filter((contestant) => !able2.includes(contestant))
    .map(({ name, pool }) => cannot(name, gaveUp.get(name) ?? pool.callLimited))
  await closeAll(able2)
  return [{ case: 'an endless loop', metrics: METRICS, baselines: [PISCINA], rows: [...rows, ...unable] }]
})

/** When and how a promise has settled. */
function settled(promise) {
  return Promise.resolve(promise).then(
    (value) => ({ at: performance.now(), value, error: undefined }),
    (error) => ({ at: performance.now(), value: undefined, error }),
  )
}
