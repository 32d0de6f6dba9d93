import { executionAsyncId } from 'node:async_hooks'
import type { ControlBlock } from '../src/contract/control-block.js'
import { runningFrames } from './running-frames.js'

/** Passed to the thread's `uncaughtException` listeners while the ids are cleared; it is no failure. */
export const INTERRUPTION: Error = new Error('offmain: the running code was interrupted')

/** The async id under which the task's code is being called from here, and has not returned; -1: it is not. */
let callingUnder = -1

/** Calls the task's code. Until it returns, and in no later turn of the event loop, it may be terminated in place. */
export function callInterruptibly<T>(call: () => T): T {
  callingUnder = executionAsyncId()
  try {
    return call()
  } finally {
    callingUnder = -1
  }
}

/** Whether the code that runs now was called from here, and not by Node in a later turn. */
export function isInOwnCall(): boolean {
  return callingUnder === executionAsyncId()
}

/**
 * Holds the running code so that the watchdog can have it terminated in place, or says that this is not safe.
 *
 * Node keeps a stack of async ids beside the JavaScript stack. Code that is terminated never pops its own, and Node then
 * aborts the whole process (`CHECK_EQ(execution_async_id(), 0)` in `InternalCallbackScope::Close`). The one thing that
 * clears that stack is the handling of an uncaught exception, so one is handed in.
 *
 * That is enough where this thread has called the code and waits for it: nothing of Node lies in between. Code that runs
 * in a later turn, after an `await` or from a timer, was called by Node, which may push ids again before the termination
 * takes hold; so may code inside `runInAsyncScope`. Such a thread must be terminated instead. And Node's own code is left
 * to end first: a promise hook that is terminated takes the process with it.
 *
 * @param above the function that was called between two steps of that code
 * @returns at once `never` or `later` when it is not safe; otherwise `held`, once the termination has been asked for
 */
export function hold(control: ControlBlock, above: () => unknown): HoldReply {
  if (!isInOwnCall()) return 'never'
  if (runningFrames(above)[0]?.url.startsWith('node:') !== false) return 'later'
  if (!control.takeHold()) return 'never'
  const isHeld = unwindAsyncIds()
  control.hold(isHeld)
  // No sleep: the code may itself be in `Atomics.wait`, which cannot be nested.
  while (isHeld && !control.isLetGo);
  return isHeld ? 'held' : 'never'
}

export type HoldReply = 'held' | 'later' | 'never'

function unwindAsyncIds(): boolean {
  try {
    const { _fatalException } = process as { _fatalException?: (error: Error) => unknown }
    if (executionAsyncId() !== 0 && typeof _fatalException === 'function') _fatalException.call(process, INTERRUPTION)
    return executionAsyncId() === 0
  } catch {
    return false
  }
}
