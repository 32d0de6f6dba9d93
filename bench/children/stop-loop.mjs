// One contestant, alone in its process: another's threads would be in the way of whatever looks at a stuck one.
import { open } from '../contestants/index.mjs'
import { deadline } from '../harness/deadline.mjs'
import { check } from '../harness/drive.mjs'
import { crunch } from '../tasks/work.mjs'

// `patienceMs`: how long anybody may take to know that a loop was stopped, and to serve the next call.
const { name, limitMs, steps, times, patienceMs } = JSON.parse(process.argv[2])
const pool = await open(name, { threads: 1, options: { suspend: { after: Number.POSITIVE_INFINITY } } })
const expected = crunch({ steps })
const figures = { outcome: [], next: [], named: [] }
let problem
try {
  await stopLoop()
  for (let time = 0; time < times; time++) {
    for (const [key, figure] of Object.entries(await stopLoop())) figures[key].push(figure)
  }
  await pool.close()
} catch (error) {
  problem = String(error)
}
process.stdout.write(JSON.stringify({ figures, problem }), () => process.exit())

/** Starts an endless loop and a call that waits behind it; ms from the limit until either is known. */
async function stopLoop() {
  // The thread is there and idle, so the limit starts with the call.
  check(await deadline(pool.call('crunchOrHang', { steps }), patienceMs, 'a call before it'), expected)
  const limitAt = performance.now() + limitMs
  const loop = settled(pool.callLimited('crunchOrHang', { steps: -1 }, limitMs, 'u-1'))
  const next = settled(pool.callLimited('crunchOrHang', { steps }, limitMs + patienceMs, 'u-1'))
  const outcome = await deadline(loop, limitMs + patienceMs, 'its outcome')
  if (outcome.error === undefined) throw new Error('an endless loop returned')
  const served = await deadline(next, limitMs + patienceMs, 'the next call')
  if (served.error !== undefined) throw served.error
  check(served.value, expected)
  return {
    outcome: outcome.at - limitAt,
    next: served.at - limitAt,
    named: outcome.error.stuckAt?.[0]?.url.endsWith('/work.mjs') ? 100 : 0,
  }
}

/** When and how a promise has settled. */
function settled(promise) {
  return Promise.resolve(promise).then(
    (value) => ({ at: performance.now(), value, error: undefined }),
    (error) => ({ at: performance.now(), value: undefined, error }),
  )
}
