// What queued calls take: of memory while they wait, and of time from the first start to the last result.
import { open } from '../contestants/index.mjs'
import { check, driveTiny } from '../harness/drive.mjs'

const { name, threads, calls, handles, warmup } = JSON.parse(process.argv[2])
// One that knows no limits needs none set.
const options = { queue: { limit: Number.POSITIVE_INFINITY, bytes: Number.POSITIVE_INFINITY } }
const pool = await open(name, { threads, options })
await driveTiny(pool, { inFlight: 256, calls: warmup })

const startedAt = performance.now()
await settle(startAll())
const time = ((performance.now() - startedAt) * 1000) / calls

const before = memory()
const started = startAll()
const after = memory()
const queuedBytes = pool.queuedBytes?.() ?? objectBytes()
const bytes = (after - before) / calls
await settle(started)
process.stdout.write(JSON.stringify({ bytes, beside: bytes - queuedBytes / calls, time }), () => process.exit())

function startAll() {
  const started = new Array(calls)
  for (let turn = 0; turn < calls; turn++) {
    started[turn] = handles ? pool.start('tiny', { a: turn }) : pool.call('tiny', { a: turn })
  }
  return started
}

async function settle(started) {
  for (let turn = 0; turn < calls; turn++) {
    check(await (handles ? started[turn].result() : started[turn]), turn)
    started[turn] = undefined
  }
}

/** What parameters take that are queued as the objects they are. */
function objectBytes() {
  const before = memory()
  const objects = Array.from({ length: calls }, (_, a) => ({ a }))
  const after = memory()
  return objects.length > 0 ? after - before - 8 * calls : 0
}

function memory() {
  globalThis.gc?.()
  globalThis.gc?.()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
