import { crunch } from '../tasks/work.mjs'
import { deadline } from './deadline.mjs'
import { check } from './drive.mjs'

/** How long anybody may take to know that a loop was stopped, and to serve the next call. */
const PATIENCE_MS = 3_000

/**
 * Starts an endless loop with a limit, on a pool of one thread, and a call that waits behind it.
 *
 * @returns ms from the limit until the loop's outcome and until the other's result, and whether the line was named
 */
export async function stopLoop(pool, limitMs, steps) {
  const expected = crunch({ steps })
  // The thread is there and idle, so the limit starts with the call.
  check(await deadline(pool.call('crunchOrHang', { steps }), PATIENCE_MS, 'a call before it'), expected)
  const limitAt = performance.now() + limitMs
  const loop = settled(pool.callLimited('crunchOrHang', { steps: -1 }, limitMs, 'u-1'))
  const next = settled(pool.callLimited('crunchOrHang', { steps }, limitMs + PATIENCE_MS, 'u-1'))
  const outcome = await deadline(loop, limitMs + PATIENCE_MS, 'its outcome')
  if (outcome.error === undefined) throw new Error('an endless loop returned')
  const served = await deadline(next, limitMs + PATIENCE_MS, 'the next call')
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
