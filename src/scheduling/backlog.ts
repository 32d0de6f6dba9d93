import type { Call, KnownTask } from './call.js'
import { TaskQueue } from './task-queue.js'

/**
 * All calls that wait: those in line, and those held back, which another call of their task is to go before.
 *
 * ```
 *   push ──▶ in line ── hold ──▶ held back
 *               ▲                    │
 *               └───── release ──────┘
 * ```
 */
export class Backlog {
  readonly #line = new TaskQueue()
  readonly #held = new Map<KnownTask, TaskQueue>()

  get size(): number {
    let size = this.#line.size
    for (const held of this.#held.values()) size += held.size
    return size
  }

  /** Encoded parameters of all waiting calls. */
  get bytes(): number {
    let bytes = this.#line.bytes
    for (const held of this.#held.values()) bytes += held.bytes
    return bytes
  }

  /** The calls in line, by turns. */
  get line(): Pick<TaskQueue, 'size' | 'peek' | 'find'> {
    return this.#line
  }

  push(call: Call): void {
    this.#line.push(call)
  }

  /** Puts back calls that were taken but never started. */
  putBack(calls: readonly Call[]): void {
    this.#line.putBack(calls)
  }

  /** Takes the call whose turn it is. */
  shift(): Call | undefined {
    return this.#line.shift()
  }

  /** False if the call does not wait here. */
  remove(call: Call): boolean {
    return this.#line.remove(call) || this.#held.get(call.task)?.remove(call) === true
  }

  /** Takes a call out of the line, so that it holds up nobody behind it. */
  hold(call: Call): void {
    this.#line.remove(call)
    let held = this.#held.get(call.task)
    if (held === undefined) {
      held = new TaskQueue()
      this.#held.set(call.task, held)
    }
    held.push(call)
  }

  /** Puts all calls of such tasks that were held back into line again, before all others of their users. */
  release(isFree: (task: KnownTask) => boolean): void {
    for (const [task, held] of this.#held) {
      if (!isFree(task)) continue
      this.#held.delete(task)
      const calls: Call[] = []
      for (let call = held.shift(); call !== undefined; call = held.shift()) calls.push(call)
      this.#line.putBack(calls)
    }
  }

  /** Takes a call that was held back, the one of highest priority. */
  shiftHeld(): Call | undefined {
    let best: TaskQueue | undefined
    for (const held of this.#held.values()) {
      const priority = held.peek()?.priority ?? Number.NEGATIVE_INFINITY
      if (best === undefined || priority > (best.peek()?.priority ?? Number.NEGATIVE_INFINITY)) best = held
    }
    return best?.shift()
  }

  *[Symbol.iterator](): Generator<Call> {
    yield* this.#line
    for (const held of this.#held.values()) yield* held
  }
}
