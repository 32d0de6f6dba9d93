import type { ControlBlock } from '../contract/control-block.js'
import type { StackFrame, StoppedBy } from '../errors.js'
import { lookAndInterrupt, SILENT } from './stack-probe.js'

/** A thread, as far as stopping it goes. */
export interface StoppableThread {
  readonly id: number
  readonly control: ControlBlock
  /** Whether its event loop waits for events now. */
  isIdle(): Promise<boolean>
  isGoneWithin(ms: number): Promise<boolean>
  /** Asks it to close its user connections and exit. */
  retire(): void
  terminate(): void
}

export interface StopResult {
  /** False: the thread is stuck. */
  readonly isGone: boolean
  readonly stuckAt: readonly StackFrame[] | undefined
}

/** How long a thread may take to close its user connections and exit by itself, ms. */
const RETIRE_MS = 250
/** The same for one whose code runs and cannot be ended in place. */
const TURNING_MS = 50
/** How long after `terminate` a thread that is still there counts as stuck, ms. */
const STUCK_MS = 1_000

/**
 * Stops a thread whose call has been given up, by grades; each is tried only when the one before has not ended it.
 *
 * ```
 *   ask         the call's signal was aborted, and grace has passed        (before this, see CallStopper)
 *   interrupt   look where the code is, terminate it in place              JavaScript of any kind
 *   retire      the thread closes its user connections and exits           a thread whose event loop turns
 *   terminate   without its consent                                        what the inspector could not reach
 *   stuck       it is still there: native code that does not return        counted and reported
 * ```
 *
 * @param stopped told as soon as the call's code has certainly ended; the first word counts
 */
export async function stopThread(
  thread: StoppableThread,
  stopped: (stoppedBy: StoppedBy, stuckAt: readonly StackFrame[] | undefined) => void,
): Promise<StopResult> {
  // A thread that merely awaits can go by itself; there is nothing to see.
  const { found, frames } = (await thread.isIdle()) ? SILENT : await lookAndInterrupt(thread.id, thread.control)
  const stuckAt = frames === undefined ? undefined : ownFramesFirst(frames)
  if (found === 'interrupted') stopped('interrupt', stuckAt)
  // Code in a later turn may leave the event loop its turns, and the thread can go by itself.
  if (await retire(thread, found === 'running' ? TURNING_MS : RETIRE_MS)) {
    stopped('interrupt', stuckAt)
    return { isGone: true, stuckAt }
  }
  if (await terminate(thread)) {
    stopped('terminate', stuckAt)
    return { isGone: true, stuckAt }
  }
  return { isGone: false, stuckAt }
}

function retire(thread: StoppableThread, ms: number): Promise<boolean> {
  thread.retire()
  return thread.isGoneWithin(ms)
}

/**
 * Asked for again and again: where Node 20 runs promise hooks (any use of `AsyncLocalStorage`), a hook can swallow the
 * termination of a microtask loop.
 */
async function terminate(thread: StoppableThread): Promise<boolean> {
  for (let waited = 0; waited < STUCK_MS; waited += TERMINATE_EVERY_MS) {
    thread.terminate()
    if (await thread.isGoneWithin(TERMINATE_EVERY_MS)) return true
  }
  return false
}

/** Frames of the user's files before those of Node and of offmain, which only lead there. */
function ownFramesFirst(frames: readonly StackFrame[]): readonly StackFrame[] {
  const isOwn = (frame: StackFrame): boolean =>
    frame.url !== '' && !frame.url.startsWith('node:') && !frame.url.startsWith(WORKERS)
  return [...frames.filter(isOwn), ...frames.filter((frame) => !isOwn(frame))]
}

const TERMINATE_EVERY_MS = 10
const WORKERS = new URL('../../workers/', import.meta.url).href
