// When does a thread pay, and what do more threads bring?
import { ALL, closeAll, INLINE, openAll, PISCINA } from './contestants/index.mjs'
import { bench } from './harness/bench.mjs'
import { calibrate } from './harness/calibrate.mjs'
import { drive } from './harness/drive.mjs'
import { THREADS } from './harness/machine.mjs'
import { takeTurns } from './harness/rounds.mjs'
import { crunch } from './tasks/work.mjs'

await bench('scaling', 'when does a thread pay, and what do more threads bring?', async ({ quick, tell }) => {
  const rounds = quick ? 1 : 3
  const roundMs = quick ? 40 : 150
  const stepsPerMs = calibrate()
  const lengths = quick ? [0.1, 10] : [0.1, 1, 10, 100]
  const measured = lengths.map(() => /** @type {import('./harness/tables.mjs').Row[][]} */ ([]))
  const sizes = threadCounts()
  for (const threads of sizes) {
    const contestants = await openAll(ALL, { threads })
    for (const [index, length] of lengths.entries()) {
      const steps = Math.round(length * stepsPerMs)
      const expected = crunch({ steps })
      // As many for each thread, so that none waits for the last of them alone.
      const calls = threads * Math.max(quick ? 1 : 2, Math.round(roundMs / length / threads))
      const oneRound = ({ pool }) =>
        drive(
          () => pool.call('crunch', { steps }),
          () => expected,
          { inFlight: Math.min(calls, threads * 8), calls },
        )
      if (index === 0) await takeTurns(contestants, quick ? 1 : 3, (contestant) => oneRound(contestant))
      const rows = await takeTurns(contestants, rounds, async (contestant, round) => {
        tell(`${length} ms on ${threads} threads, round ${round + 1} of ${rounds}, ${contestant.name}`)
        const { ms } = await oneRound(contestant)
        return { [`on${threads}`]: (calls / ms) * 1000 }
      })
      measured[index].push(rows)
    }
    await closeAll(contestants)
  }
  const metrics = sizes.toReversed().map((threads) => ({
    key: `on${threads}`,
    label: `${threads} thread${threads > 1 ? 's' : ''}`,
    unit: 'calls/s',
    better: 'more',
  }))
  return lengths.map((length, index) => ({
    case: `${length} ms`,
    metrics,
    baselines: [INLINE, PISCINA],
    rows: merge(measured[index]),
  }))
})

/** The rows of each number of threads as one: its metrics side by side. */
function merge(measured) {
  const [first, ...more] = measured
  return first.map((row, index) => ({
    ...row,
    samples: Object.assign({}, row.samples, ...more.map((rows) => rows[index].samples)),
    failed: row.failed ?? more.map((rows) => rows[index].failed).find((failed) => failed !== undefined),
  }))
}

/** 1, 2, 4 … and as many as there are cores. */
function threadCounts() {
  const counts = []
  for (let threads = 1; threads < THREADS; threads *= 2) counts.push(threads)
  return [...counts, THREADS]
}
