// How long do short calls and long ones take together?
import { ALL, closeAll, OFFMAIN, openAll, PISCINA } from './contestants/index.mjs'
import { bench } from './harness/bench.mjs'
import { calibrate } from './harness/calibrate.mjs'
import { check } from './harness/drive.mjs'
import { THREADS } from './harness/machine.mjs'
import { takeTurns } from './harness/rounds.mjs'
import { crunch } from './tasks/work.mjs'

const LONG_MS = 5
const SHORT_MS = 0.05
const METRICS = [
  { key: 'total', label: 'all done', unit: 'ms', better: 'less' },
  { key: 'short', label: 'a short one', unit: 'ms', better: 'less' },
]

const question = `how long do ${LONG_MS} ms calls (10 %) and ${SHORT_MS} ms calls (90 %) take, all started at once?`

await bench('mixed', question, async ({ quick, tell }) => {
  const rounds = quick ? 2 : 5
  const calls = quick ? 100 : 400
  const stepsPerMs = calibrate()
  const lengths = { long: Math.round(LONG_MS * stepsPerMs), short: Math.round(SHORT_MS * stepsPerMs) }
  const expected = { long: crunch({ steps: lengths.long }), short: crunch({ steps: lengths.short }) }
  const contestants = await openAll(ALL, { threads: THREADS })
  const tables = []
  for (const apart of [true, false]) {
    const oneRound = async ({ pool }) => {
      const startedAt = performance.now()
      let shortMs = 0
      let shortCalls = 0
      const one = async (index) => {
        const kind = isLong(index) ? 'long' : 'short'
        const parameters = { steps: lengths[kind] }
        const result =
          apart && kind === 'long' && pool.callLong ? pool.callLong(parameters) : pool.call('crunch', parameters)
        check(await result, expected[kind])
        if (kind === 'long') return
        shortMs += performance.now() - startedAt
        shortCalls++
      }
      await Promise.all(Array.from({ length: calls }, (_, index) => one(index)))
      return { total: performance.now() - startedAt, short: shortMs / shortCalls }
    }
    await takeTurns(contestants, 1, (contestant) => oneRound(contestant))
    const rows = await takeTurns(contestants, rounds, (contestant, round) => {
      tell(`round ${round + 1} of ${rounds}, ${contestant.name}`)
      return oneRound(contestant)
    })
    tables.push({
      case: apart ? 'long and short, a task class each' : 'long and short, one task class',
      metrics: METRICS,
      baselines: [PISCINA],
      rows: rows.map((row) =>
        row.contestant === OFFMAIN || row.note !== undefined ? row : { ...row, note: 'knows no classes' },
      ),
    })
  }
  await closeAll(contestants)
  return tables
})

/** One in ten, at places that look like chance and are the same in every run. */
function isLong(index) {
  return (index * 7 + 3 * Math.floor(index / 10)) % 10 === 0
}
