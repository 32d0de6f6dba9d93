import { setTimeout as delay } from 'node:timers/promises'
import {
  type BackgroundTask,
  type RuntimeEvents,
  share,
  type TaskRuntime,
  taskModule,
  type User,
  type UserConnectionRequired,
} from 'offmain'

type Class<P, R> = new () => BackgroundTask<P, R>
type Acting<P, R> = new () => BackgroundTask<P, R> & UserConnectionRequired<Lent>

export interface Words {
  readonly words: Int32Array
}

export interface Lent {
  readonly id: string
  readonly threadId: number
  readonly serial: number
}

export const fixtures: URL = new URL('./fixtures/', import.meta.url)
export const stopUrl: URL = new URL('stop.tasks.mjs', fixtures)

/** The tasks of `stop.tasks.mjs`. */
export const stop = taskModule<{
  readonly PollsItsSignal: Class<Words, string>
  readonly ListensToItsSignal: Class<Words, void>
  readonly IgnoresItsSignal: Class<Words, void>
  readonly Loops: Class<Words, void>
  readonly LoopsForItsUser: Acting<Words, void>
  readonly AwaitsForItsUser: Acting<Words, void>
  readonly TellsItsConnection: Acting<void, Lent>
  readonly Sleeps: Class<{ readonly command: string }, string>
  readonly Gate: Class<Words, string>
  readonly OtherGate: Class<Words, string>
  readonly Counts: Class<
    Words & { readonly slot: number; readonly kind: 'complete' | 'loop' | 'exit' | 'memory' },
    number
  >
  readonly Keeps: Class<{ readonly megabytes: number }, number>
  readonly Nothing: Class<void, void>
}>(stopUrl)

export const ada: User = { id: 'ada' }
export const bob: User = { id: 'bob' }

export function sharedWords(count = 2): Int32Array {
  return share(new Int32Array(new SharedArrayBuffer(count * 4)))
}

/** Lets through whoever waits at a `Gate`. */
export function open(words: Int32Array): void {
  Atomics.store(words, 1, 1)
  Atomics.notify(words, 1)
}

/** Looks again and again; the test's own limit is what ends it in vain. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await delay(1)
}

/** The next event of that name for which the condition holds. */
export function nextEvent<Name extends keyof RuntimeEvents>(
  runtime: TaskRuntime,
  name: Name,
  condition: (...args: RuntimeEvents[Name]) => boolean = () => true,
): Promise<RuntimeEvents[Name][0]> {
  return new Promise((resolve) => {
    const hear = (...args: RuntimeEvents[Name]): void => {
      if (!condition(...args)) return
      runtime.off(name, hear)
      resolve(args[0])
    }
    runtime.on(name, hear)
  })
}
