// What do parameters cost: the main thread, and until the result is there?
import { ALL, closeAll, openAll, PISCINA } from './contestants/index.mjs'
import { bench } from './harness/bench.mjs'
import { check, smallObject } from './harness/drive.mjs'
import { THREADS } from './harness/machine.mjs'
import { cannot, takeTurns } from './harness/rounds.mjs'
import { weigh } from './tasks/work.mjs'

const METRICS = [
  { key: 'main', label: 'main thread', unit: 'µs a call', better: 'less' },
  { key: 'started', label: 'until call returns', unit: 'µs', better: 'less' },
  { key: 'roundTrip', label: 'round trip', unit: 'µs', better: 'less' },
]

const MEGABYTE = 1024 * 1024
const row = (id) => ({
  id,
  name: `row ${id}`,
  price: id * 1.5,
  tags: ['a', 'b', 'c'],
  at: 1.7e12 + id,
  nested: { x: id, y: id * 2 },
})
const rows = Array.from({ length: 1000 }, (_, id) => row(id))
const numbers = Array.from({ length: 10_000 }, (_, index) => index * 1.1)
const binary = new Uint8Array(16 * MEGABYTE).fill(7)

/** `make`: the parameters of one call, made before the clock starts. One at a time is under way. */
const CASES = [
  { name: 'small object', work: 'weigh', make: () => smallObject(7), calls: 500 },
  { name: '1000 rows', work: 'weigh', make: () => rows, calls: 60 },
  { name: '1000 rows, there and back', work: 'echo', make: () => rows, calls: 40 },
  { name: '10 000 numbers', work: 'weigh', make: () => numbers, calls: 100 },
  { name: '16 MiB, copied', work: 'weigh', make: () => binary, calls: 10 },
  { name: '16 MiB, transferred', work: 'weigh', make: () => binary.slice(), calls: 10, moving: true },
]

await bench('payload', 'what do parameters cost the main thread, and until the result is there?', async (run) => {
  const rounds = run.quick ? 1 : 5
  const contestants = await openAll(ALL, { threads: THREADS })
  const tables = []
  for (const { name, work, make, calls, moving = false } of CASES) {
    const able = contestants.filter(({ pool }) => !moving || typeof pool.callMoving === 'function')
    const unable = contestants.filter((contestant) => !able.includes(contestant))
    const oneRound = ({ pool }) => callOneByOne(moving ? pool.callMoving : pool.call, work, make, run.quick ? 1 : calls)
    await takeTurns(able, 1, (contestant) => oneRound(contestant))
    const measured = await takeTurns(able, rounds, (contestant, round) => {
      run.tell(`${name}, round ${round + 1} of ${rounds}, ${contestant.name}`)
      return oneRound(contestant)
    })
    tables.push({
      case: name,
      metrics: METRICS,
      baselines: [PISCINA],
      rows: [...measured, ...unable.map((contestant) => cannot(contestant.name, contestant.pool.callMoving))].sort(
        (a, b) => ALL.indexOf(a.contestant) - ALL.indexOf(b.contestant),
      ),
    })
  }
  await closeAll(contestants)
  return tables
})

async function callOneByOne(call, work, make, calls) {
  let mainMs = 0
  let startedMs = 0
  let totalMs = 0
  for (let turn = 0; turn < calls; turn++) {
    const parameters = make()
    const expected = weigh(parameters)
    const utilization = performance.eventLoopUtilization()
    const startedAt = performance.now()
    const result = call(work, parameters)
    startedMs += performance.now() - startedAt
    const value = await result
    totalMs += performance.now() - startedAt
    mainMs += performance.eventLoopUtilization(utilization).active
    check(work === 'echo' ? weigh(value) : value, expected)
  }
  const perCall = (ms) => (ms * 1000) / calls
  return { main: perCall(mainMs), started: perCall(startedMs), roundTrip: perCall(totalMs) }
}
