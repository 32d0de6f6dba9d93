// Whether a contestant can stop an endless loop at all: if not, its thread goes with this process.
import { open } from '../contestants/index.mjs'
import { stopLoop } from '../harness/stop-loop.mjs'

const { name, limitMs, steps } = JSON.parse(process.argv[2])
const pool = await open(name, { threads: 1 })
const problem = await stopLoop(pool, limitMs, steps).then(
  () => undefined,
  (error) => error.message,
)
process.stdout.write(JSON.stringify({ problem }), () => process.exit())
