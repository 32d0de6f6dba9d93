// What memory do threads and waiting calls take?
import { ALL, INLINE, OFFMAIN, PISCINA, POOLIFIER, RAW } from './contestants/index.mjs'
import { bench } from './harness/bench.mjs'
import { runChild } from './harness/child.mjs'
import { formatNumber } from './harness/print.mjs'
import { cannot, takeTurns } from './harness/rounds.mjs'

const IDLE = [{ key: 'rss', label: 'an idle thread', unit: 'MiB', better: 'less' }]
const QUEUED = [
  { key: 'beside', label: 'beside its parameters', unit: 'bytes a call', better: 'less' },
  { key: 'bytes', label: 'with them', unit: 'bytes a call', better: 'less' },
  { key: 'time', label: 'start to result', unit: 'µs a call', better: 'less' },
]
const PORT = "most of it waits in the threads' ports, outside of what is measured"
/** Few as well as many: what grows with the queue shows. Many for the others would take most of a minute each. */
const FEW = 10_000
const VERY_FEW = 2_000
const MANY = 1_000_000

await bench('memory', 'what memory do threads and waiting calls take?', async ({ quick, tell }) => {
  const rounds = 1
  const fewCalls = quick ? VERY_FEW : FEW
  // A quick run shows that it works, with the two that have most of the code between them.
  const pools = quick ? [OFFMAIN, PISCINA] : ALL.filter((name) => name !== INLINE)
  const threads = quick ? 1 : 8
  const idle = await takeTurns(
    pools.filter((name) => name !== RAW).map((name) => ({ name })),
    rounds,
    ({ name }, round) => {
      tell(`idle threads, round ${round + 1} of ${rounds}, ${name}`)
      return runChild('idle-memory', { name, threads, warmup: quick ? 200 : 2_000 })
    },
  )
  idle.push(cannot(RAW, 'one thread'), cannot(INLINE, 'no thread'))

  const queued = contestants(pools).flatMap((contestant) =>
    contestant.name === OFFMAIN
      ? [
          { ...contestant, handles: true },
          { ...contestant, label: `${OFFMAIN}, result()`, note: 'holding result() of each as well' },
        ]
      : contestant,
  )
  const measure = (entries, calls, times) =>
    takeTurns(
      entries.map((entry) => ({ ...entry, name: entry.label ?? entry.name, contestant: entry.name })),
      times,
      ({ name, contestant, handles = false }, round) => {
        tell(`${calls} queued, round ${round + 1} of ${times}, ${name}`)
        return runChild('queued-memory', {
          name: contestant,
          threads: 2,
          calls,
          handles,
          warmup: quick ? 1_000 : 20_000,
        })
      },
    )
  const tables = [
    { case: 'threads', metrics: IDLE, baselines: [PISCINA], rows: idle },
    {
      case: `${formatNumber(fewCalls)} queued`,
      metrics: QUEUED,
      baselines: [PISCINA],
      rows: [...(await measure(queued, fewCalls, rounds)), cannot(INLINE, 'nothing waits')],
    },
  ]
  if (quick) return tables
  const ours = await measure(queued.slice(0, 2), MANY, rounds)
  const theirs = queued.slice(2).map(({ name }) => cannot(name, `not tried with so many; see ${formatNumber(FEW)}`))
  tables.push({
    case: `${formatNumber(MANY)} queued`,
    metrics: QUEUED,
    baselines: [PISCINA],
    rows: [...ours, ...theirs],
  })
  return tables
})

function contestants(names) {
  return names.map((name) => ({ name, note: name === RAW || name === POOLIFIER ? PORT : undefined }))
}
