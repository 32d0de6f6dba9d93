import type { AsyncLocalStorage } from 'node:async_hooks'
import { INTERRUPTION } from './interruption.js'
import type { CallRun } from './run-task.js'

/**
 * Catches what nothing else on the thread caught, and gives it to the call whose code it came from: known by the async
 * context, whatever runs by then. Without a context (Node 20 loses it for `queueMicrotask`) it is the running call's.
 *
 * @param fallback the running call, or else the last one
 * @param report hears the failure and the call it belongs to
 * @returns `restore`: puts back what a task has removed; true if it had to
 */
export function catchStrayFailures(
  owner: AsyncLocalStorage<CallRun>,
  fallback: () => CallRun | undefined,
  report: (error: unknown, run: CallRun | undefined) => void,
): { readonly restore: () => boolean } {
  const receive = (error: unknown): void => {
    if (error !== INTERRUPTION) report(error, owner.getStore() ?? fallback())
  }
  const restore = (): boolean => {
    const missing = EVENTS.filter((event) => process.listenerCount(event) === 0)
    for (const event of missing) process.on(event, receive)
    return missing.length > 0
  }
  restore()
  return { restore }
}

const EVENTS = ['uncaughtException', 'unhandledRejection'] as const

/**
 * A call that has ended must not take the thread away from the next one: its `process.exit` throws instead.
 *
 * @returns an exit that nothing holds up
 */
export function guardExit(owner: AsyncLocalStorage<CallRun>): (code: number) => never {
  let isOpen = false
  for (const name of ['exit', 'reallyExit'] as const) {
    const real = (process as unknown as Record<string, (code?: number) => never>)[name]
    if (typeof real !== 'function') continue
    const guarded = (code?: number): never => {
      const run = owner.getStore()
      if (!isOpen && run?.ended === true)
        throw new LateExitError(`process.${name}(${code ?? ''}) after the call had ended`)
      return real.call(process, code)
    }
    Object.defineProperty(process, name, { value: guarded, configurable: true, writable: true })
  }
  return (code) => {
    isOpen = true
    process.exit(code)
  }
}

class LateExitError extends Error {
  override readonly name = 'LateExitError'
  readonly code = 'OFFMAIN_LATE_EXIT'
}
