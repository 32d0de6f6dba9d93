import type { AsyncLocalStorage } from 'node:async_hooks'
import type { CallRun } from './run-task.js'
import { INTERRUPTION } from './unwind.js'

/**
 * Catches what nothing else on the thread caught, and gives it to the call whose code it came from: known by the async
 * context, whatever runs by then. Without a context (Node 20 loses it for `queueMicrotask`) it is the running call's.
 *
 * @param fallback the running call, or else the last one
 * @param report hears the failure and the call it belongs to
 */
export function catchStrayFailures(
  owner: AsyncLocalStorage<CallRun>,
  fallback: () => CallRun | undefined,
  report: (error: unknown, run: CallRun | undefined) => void,
): void {
  const receive = (error: unknown): void => {
    if (error !== INTERRUPTION) report(error, owner.getStore() ?? fallback())
  }
  process.on('uncaughtException', receive)
  process.on('unhandledRejection', receive)
}
