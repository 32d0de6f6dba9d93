// What the process takes more for a pool of so many warm, idle threads, beside a first pool of one.
import { setTimeout as delay } from 'node:timers/promises'
import { open } from '../contestants/index.mjs'
import { driveTiny } from '../harness/drive.mjs'

const { name, threads, warmup } = JSON.parse(process.argv[2])

const before = await residentWith(1)
const after = await residentWith(threads)
process.stdout.write(JSON.stringify({ rss: (after - before) / threads / 2 ** 20 }), () => process.exit())

async function residentWith(threads) {
  const pool = await open(name, { threads, spare: 0 })
  await driveTiny(pool, { inFlight: threads * 8, calls: threads * warmup })
  for (let pass = 0; pass < 3; pass++) {
    await delay(50)
    globalThis.gc?.()
  }
  return process.memoryUsage().rss
}
