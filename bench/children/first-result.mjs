// Nothing of the contestant is loaded before the clock starts.
import { load } from '../contestants/index.mjs'
import { check, smallObject } from '../harness/drive.mjs'

const { name, threads } = JSON.parse(process.argv[2])
const startedAt = performance.now()
const { open } = await load(name)
const loadedAt = performance.now()
const pool = await open({ threads })
check(await pool.call('tiny', smallObject(1)), 1)
const now = performance.now()
process.stdout.write(JSON.stringify({ imported: now - startedAt, opened: now - loadedAt }), () => process.exit())
