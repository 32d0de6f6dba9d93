import { decode } from './contract/codec.js'
import { shield } from './events.js'
import type { TaskOutcome, TaskStatus } from './outcome.js'
import type { Call } from './scheduling/call.js'
import { outcomeOf } from './settled-outcome.js'

/** What a caller holds of a call. A handle that nobody looks at never causes an unhandled rejection. */
export class TaskHandle<out T> {
  readonly #call: Call
  readonly #cancel: (call: Call, reason: unknown) => boolean
  #outcome: TaskOutcome<T> | undefined
  #completion: Promise<TaskOutcome<T>> | undefined

  /** Handles are made by `TaskRuntime`. */
  constructor(call: Call, cancel: (call: Call, reason: unknown) => boolean) {
    this.#call = call
    this.#cancel = cancel
  }

  get id(): number {
    return this.#call.id
  }

  /** The task's export name, or the call's own `name`. */
  get task(): string {
    return this.#call.name
  }

  /** As it is now: while the call waits or runs, read from the memory shared with the thread. */
  get status(): TaskStatus {
    const { settlement, lane, index } = this.#call
    if (settlement !== undefined) return settlement.status
    return lane !== undefined && index < lane.control.next ? 'running' : 'queued'
  }

  /** How the call ended. Never rejects. */
  get completion(): Promise<TaskOutcome<T>> {
    this.#completion ??= new Promise((resolve) => {
      this.#call.whenSettled(() => resolve(this.#outcomeNow()))
    })
    return this.#completion
  }

  /** The value. @throws the outcome's error when there is none */
  result(): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#call.whenSettled(() => {
        const outcome = this.#outcomeNow()
        if (outcome.status !== 'completed') {
          reject(outcome.error)
          return
        }
        try {
          resolve(outcome.value)
        } catch (error) {
          reject(error)
        }
      })
    })
  }

  /**
   * Cancels the call: it leaves the queue, or is stopped by the same grades as at its limit.
   *
   * @param reason becomes the `cause` of the outcome's error
   * @returns false if the call has settled, or is being stopped already
   */
  cancel(reason?: unknown): boolean {
    return this.#cancel(this.#call, reason)
  }

  /**
   * Hears what the task reports by `context.progress`, at most every 50 ms, the last value always. What the listener
   * throws is reported as a process warning.
   *
   * @returns a function that removes the listener
   */
  onProgress(listener: (value: unknown) => void): () => void {
    const call = this.#call
    const listeners = call.progressListeners ?? new Set()
    call.progressListeners = listeners
    const hear = (value: Uint8Array): void => shield('a progress listener', () => listener(decode(value)))
    listeners.add(hear)
    return () => listeners.delete(hear)
  }

  #outcomeNow(): TaskOutcome<T> {
    const { settlement } = this.#call
    if (settlement === undefined) throw new Error('offmain: the outcome was asked for before the call had settled')
    this.#outcome ??= outcomeOf<T>(this.#call, settlement)
    return this.#outcome
  }
}
