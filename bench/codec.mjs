// Which encoding do parameters and results travel in: MessagePack maps, MessagePack records or structured clone?
import { randomUUID } from 'node:crypto'
import { pathToFileURL } from 'node:url'
import { deserialize, serialize } from 'node:v8'
import { Packr } from 'msgpackr'
import { Bench } from 'tinybench'
import { decode, encode } from '../dist/src/contract/codec.js'

const small = { a: 1, id: randomUUID(), name: 'invoice', n: 42 }
const rows = Array.from({ length: 1000 }, (_, id) => ({
  id,
  name: `name ${id}`,
  price: id * 1.1,
  tags: ['new', 'sale'],
  at: new Date(1.7e12 + id),
  nested: { x: id, y: id / 3 },
}))

const common = { structuredClone: false, useToJSON: false, copyBuffers: true, variableMapSize: true }
const maps = new Packr({ ...common, useRecords: false })
const records = new Packr({ ...common, useRecords: true })

/** A view on msgpackr's slab cannot be sent: every contestant yields bytes of its own. */
const copied = (packed) => {
  const bytes = Buffer.allocUnsafe(packed.length)
  bytes.set(packed)
  return bytes
}

const contestants = [
  { name: 'v8.serialize', encode: serialize, decode: deserialize },
  { name: 'maps', encode: (value) => copied(maps.pack(value)), decode: (bytes) => maps.unpack(bytes) },
  { name: 'records', encode: (value) => copied(records.pack(value)), decode: (bytes) => records.unpack(bytes) },
  { name: 'codec (maps, checked)', encode: (value) => encode(value).bytes, decode: (bytes) => decode(bytes) },
]

/**
 * Measures encode and decode separately. `ratio` is the speed against `v8.serialize` of the same case: above 1 is faster.
 */
export async function run({ quick = false } = {}) {
  const results = []
  for (const [subject, value] of [
    ['small object', small],
    ['1000 rows', rows],
  ]) {
    results.push(...(await measure(`encode ${subject}`, quick, (contestant) => [contestant.encode, value])))
    results.push(
      ...(await measure(`decode ${subject}`, quick, (contestant) => [
        contestant.decode,
        Uint8Array.from(contestant.encode(value)),
      ])),
    )
  }
  return results
}

async function measure(name, quick, prepare) {
  // One small value takes less than the clock can tell.
  const repeats = name.endsWith('rows') ? 1 : 100
  const bench = new Bench(quick ? { time: 50, warmupTime: 20 } : { time: 1000, warmupTime: 200 })
  for (const contestant of contestants) {
    const [operation, input] = prepare(contestant)
    bench.add(contestant.name, () => {
      for (let i = 0; i < repeats; i++) operation(input)
    })
  }
  await bench.run()
  const means = bench.tasks.map((task) => {
    if (task.result.state !== 'completed') throw new Error(`${name}, ${task.name}: ${task.result.state}`)
    return (task.result.latency.mean * 1000) / repeats
  })
  return contestants.map((contestant, index) => ({
    case: name,
    contestant: contestant.name,
    opsPerSecond: Math.round(1e6 / means[index]),
    meanMicroseconds: Number(means[index].toFixed(2)),
    ratio: Number((means[0] / means[index]).toFixed(2)),
  }))
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const json = process.argv.includes('--json')
  const results = await run({ quick: process.argv.includes('--quick'), json })
  if (json) console.log(JSON.stringify(results))
  else console.table(results)
}
