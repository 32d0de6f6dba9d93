import { MAX_BATCH } from '../contract/outbox.js'

/** A batch holds as much work as this, ms: long beside a hop between threads (0.05), short beside a person's patience. */
export const BATCH_WORK_MS = 1

/** The mean run time of a task's calls, weighted toward the latest. */
export class RunTimeEstimate {
  #meanMs: number | undefined

  /** ms; `undefined` until a call has ended. */
  get meanMs(): number | undefined {
    return this.#meanMs
  }

  add(runMs: number): void {
    this.#meanMs = this.#meanMs === undefined ? runMs : this.#meanMs + WEIGHT * (runMs - this.#meanMs)
  }
}

/** Adds up the expected work of a batch while it is being filled. */
export class BatchBudget {
  #calls = 0
  #workMs = 0
  readonly #most: number

  /** @param most this lane's share of the queue */
  constructor(most: number) {
    this.#most = Math.min(MAX_BATCH, most)
  }

  /** Whether a call with this mean run time may join. An unproven or long one travels alone. */
  fits(meanMs: number | undefined): boolean {
    if (this.#calls === 0) return true
    return this.#calls < this.#most && this.#workMs + (meanMs ?? Number.POSITIVE_INFINITY) <= BATCH_WORK_MS
  }

  add(meanMs: number | undefined): void {
    this.#calls++
    this.#workMs += meanMs ?? Number.POSITIVE_INFINITY
  }
}

/** Of the newest sample in the mean: 8 calls change it by two thirds. */
const WEIGHT = 1 / 8
