import { EventEmitter } from 'eventemitter3'
import type { User } from './contract/task.js'
import type { TaskOutcome } from './outcome.js'

/** What telemetry hears: each event with what its listener gets. No outcome is known by events alone. */
export interface RuntimeEvents {
  taskQueued: [call: CallEvent]
  /** A thread has taken the call; for a very short call it comes right before `taskSettled`. */
  taskStarted: [call: CallEvent]
  taskProgress: [call: CallEvent & { readonly value: unknown }]
  taskSettled: [outcome: TaskOutcome<unknown>]
  threadStarted: [thread: { readonly threadId: number /** ms */; readonly startup: number }]
  threadStopped: [thread: { readonly threadId: number; readonly exitCode: number; readonly reason: string }]
  /** A thread did not start; it is tried again after `retryIn` ms. */
  threadStartFailed: [failure: { readonly error: Error; readonly retryIn: number }]
  /** A thread could not be stopped: it sits in native code, unseen, until that returns. */
  threadStuck: [thread: StuckThread]
  /** A call was refused because the queue is at its limit. */
  queueFull: [queue: { readonly calls: number; readonly bytes: number }]
  /** The queue, once full, is down to half its limit. */
  queueDrained: [queue: { readonly calls: number; readonly bytes: number }]
  /** A call left timers, sockets or other handles running; its thread is replaced. */
  leftover: [leftover: LateEvent & { /** Their types, such as `Timeout` */ readonly resources: readonly string[] }]
  /** A failure that surfaced after its call had settled. */
  lateFailure: [failure: LateEvent & { readonly error: Error }]
}

/** About a call that has settled. */
export interface LateEvent {
  readonly id: number
  readonly task: string
  readonly threadId: number
}

export interface CallEvent {
  readonly id: number
  readonly task: string
  readonly user: User | undefined
  readonly threadId: number | undefined
}

export interface StuckThread {
  readonly threadId: number
  /** `undefined`: it is held by code that an earlier call left behind. */
  readonly call: CallEvent | undefined
}

/** Emits to listeners that may throw: what they throw is reported as a warning and goes no further. */
export class RuntimeEmitter {
  readonly #emitter = new EventEmitter<RuntimeEvents>()

  on<Name extends keyof RuntimeEvents>(name: Name, listener: (...args: RuntimeEvents[Name]) => void): void {
    this.#emitter.on(name, listener as EventEmitter.EventListener<RuntimeEvents, Name>)
  }

  off<Name extends keyof RuntimeEvents>(name: Name, listener: (...args: RuntimeEvents[Name]) => void): void {
    this.#emitter.off(name, listener as EventEmitter.EventListener<RuntimeEvents, Name>)
  }

  /** The next time that this is emitted. */
  once(name: keyof RuntimeEvents): Promise<void> {
    return new Promise((resolve) => {
      const hear = (): void => {
        this.off(name, hear)
        resolve()
      }
      this.on(name, hear)
    })
  }

  /** True when somebody listens: spares making the event. */
  hears(name: keyof RuntimeEvents): boolean {
    return this.#emitter.listenerCount(name) > 0
  }

  emit<Name extends keyof RuntimeEvents>(name: Name, ...args: RuntimeEvents[Name]): void {
    // One by one: eventemitter3 stops at the first listener that throws.
    for (const listener of this.#emitter.listeners(name)) {
      shield(`a listener of '${name}'`, () => (listener as (...args: RuntimeEvents[Name]) => void)(...args))
    }
  }
}

/** Calls what a user gave us; what it throws, or rejects with, becomes a process warning. */
export function shield(what: string, callback: () => unknown): void {
  try {
    const returned = callback()
    if (returned instanceof Promise) returned.catch((error: unknown) => warn(what, error))
  } catch (error) {
    warn(what, error)
  }
}

export function warn(what: string, error: unknown): void {
  const text = error instanceof Error ? (error.stack ?? error.message) : describe(error)
  process.emitWarning(`offmain: ${what} threw: ${text}`)
}

function describe(value: unknown): string {
  try {
    return String(value)
  } catch {
    return `a ${typeof value}`
  }
}
