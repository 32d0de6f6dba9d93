import { executionAsyncId } from 'node:async_hooks'

/** How the watchdog calls `unwindAsyncIds`, while the thread is paused. */
export const UNWIND: unique symbol = Symbol.for('offmain.unwind')

/** How the watchdog asks in which turn of the event loop, tick or microtask the thread is. */
export const TURN: unique symbol = Symbol.for('offmain.turn')

/** Passed to the thread's `uncaughtException` listeners while the ids are cleared; it is no failure. */
export const INTERRUPTION: Error = new Error('offmain: the running code was interrupted')

/**
 * Makes it safe to terminate the running code in place.
 *
 * Node keeps a stack of async ids beside the JavaScript stack. Code that is terminated never pops its own, and Node then
 * aborts the whole process (`CHECK_EQ(execution_async_id(), 0)` in `InternalCallbackScope::Close`). The one thing that
 * clears that stack is the handling of an uncaught exception, so one is handed in. The result tells whether it worked;
 * where it did not, the thread must be terminated instead.
 */
export function unwindAsyncIds(): boolean {
  const { _fatalException } = process as { _fatalException?: (error: Error) => unknown }
  if (executionAsyncId() !== 0 && typeof _fatalException === 'function') _fatalException.call(process, INTERRUPTION)
  return executionAsyncId() === 0
}

Object.defineProperty(globalThis, TURN, { value: executionAsyncId })
Object.defineProperty(globalThis, UNWIND, { value: unwindAsyncIds })
