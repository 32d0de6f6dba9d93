// What the process takes with so many warm, idle threads.
import { setTimeout as delay } from 'node:timers/promises'
import { open } from '../contestants/index.mjs'
import { driveTiny } from '../harness/drive.mjs'

const { name, threads } = JSON.parse(process.argv[2])
const pool = await open(name, { threads })
await driveTiny(pool, { inFlight: threads * 8, calls: threads * 2_000 })
for (let pass = 0; pass < 3; pass++) {
  await delay(100)
  globalThis.gc()
}
process.stdout.write(JSON.stringify({ rss: process.memoryUsage().rss }), () => process.exit())
