// Which encoding do parameters and results travel in: MessagePack maps, MessagePack records or structured clone?
import { deserialize, serialize } from 'node:v8'
import { Packr } from 'msgpackr'
import { Bench } from 'tinybench'
import { decode, encode } from '../dist/src/contract/codec.js'
import { bench } from './harness/bench.mjs'
import { smallObject } from './harness/drive.mjs'

const METRICS = [{ key: 'time', label: 'time', unit: 'µs', better: 'less' }]

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

const BASELINE = 'v8.serialize'
const contestants = [
  { name: BASELINE, encode: serialize, decode: deserialize },
  { name: 'maps', encode: (value) => copied(maps.pack(value)), decode: (bytes) => maps.unpack(bytes) },
  { name: 'records', encode: (value) => copied(records.pack(value)), decode: (bytes) => records.unpack(bytes) },
  { name: 'offmain (maps, checked)', encode: (value) => encode(value).bytes, decode: (bytes) => decode(bytes) },
]

await bench('codec', 'which encoding do parameters and results travel in?', async ({ quick, tell }) => {
  const tables = []
  for (const [subject, value, repeats] of /** @type {const} */ ([
    // One small value takes less than the clock can tell.
    ['small object', smallObject(1), 100],
    ['1000 rows', rows, 1],
  ])) {
    for (const way of /** @type {const} */ (['encode', 'decode'])) {
      tell(`${way} ${subject}`)
      tables.push(
        await measure(`${way} ${subject}`, repeats, quick, (contestant) => {
          const input = way === 'encode' ? value : Uint8Array.from(contestant.encode(value))
          return () => contestant[way](input)
        }),
      )
    }
  }
  return tables
})

async function measure(name, repeats, quick, prepare) {
  const tinybench = new Bench(quick ? { time: 40, warmupTime: 10 } : { time: 1000, warmupTime: 200 })
  for (const contestant of contestants) {
    const operation = prepare(contestant)
    tinybench.add(contestant.name, () => {
      for (let repeat = 0; repeat < repeats; repeat++) operation()
    })
  }
  await tinybench.run()
  const rows = tinybench.tasks.map(({ name: contestant, result }) =>
    result.state === 'completed'
      ? { contestant, samples: { time: [(result.latency.p50 * 1000) / repeats] } }
      : { contestant, samples: {}, failed: result.state },
  )
  return { case: name, metrics: METRICS, baselines: [BASELINE], rows }
}
