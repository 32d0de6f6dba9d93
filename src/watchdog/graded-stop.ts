import type { StackFrame, StoppedBy } from '../errors.js'
import type { PoolThread } from '../pool/thread-pool.js'
import { lookAndInterrupt, SILENT } from './stack-probe.js'

/** How long a thread may take to close its user connections and exit by itself, ms. */
export const RETIRE_MS = 250
/** How long after `terminate` a thread that is still there counts as stuck, ms. */
export const STUCK_MS = 1_000

/**
 * Stops a thread whose call has been given up, by grades; each is tried only when the one before has not ended it.
 *
 * ```
 *   ask         the call's signal was aborted, and grace has passed        (before this, see Watchdog)
 *   interrupt   look where the code is, terminate it in place              JavaScript of any kind
 *   retire      the thread closes its user connections and exits           a thread whose event loop turns
 *   terminate   without its consent                                        what the inspector could not reach
 *   stuck       it is still there: native code that does not return        counted and reported
 * ```
 *
 * @param stopped told as soon as the call's code has certainly ended, or has turned out not to be stoppable; the first
 * word counts
 * @returns false when the thread is stuck
 */
export async function stopThread(
  thread: PoolThread,
  stopped: (stoppedBy: StoppedBy, stuckAt: readonly StackFrame[] | undefined) => void,
): Promise<boolean> {
  // A thread that merely awaits can go by itself; there is nothing to see.
  const { found, frames } = (await thread.isIdle()) ? SILENT : await lookAndInterrupt(thread.id)
  const stuckAt = frames === undefined ? undefined : ownFramesFirst(frames)
  if (found === 'interrupted') stopped('interrupt', stuckAt)
  if (found !== 'running' && (await retire(thread))) {
    stopped('interrupt', stuckAt)
    return true
  }
  if (await terminate(thread)) {
    stopped('terminate', stuckAt)
    return true
  }
  stopped('nothing', stuckAt)
  return false
}

function retire(thread: PoolThread): Promise<boolean> {
  thread.channel.post('retire')
  return thread.isGoneWithin(RETIRE_MS)
}

function terminate(thread: PoolThread): Promise<boolean> {
  thread.terminate()
  return thread.isGoneWithin(STUCK_MS)
}

/** Frames of the user's files before those of Node and of offmain, which only lead there. */
function ownFramesFirst(frames: readonly StackFrame[]): readonly StackFrame[] {
  const isOwn = (frame: StackFrame): boolean =>
    frame.url !== '' && !frame.url.startsWith('node:') && !frame.url.startsWith(WORKERS)
  return [...frames.filter(isOwn), ...frames.filter((frame) => !isOwn(frame))]
}

const WORKERS = new URL('../../workers/', import.meta.url).href
