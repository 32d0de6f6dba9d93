import { createHistogram, type RecordableHistogram } from 'node:perf_hooks'
import { now } from '../contract/clock.js'
import type { OutcomeStatus } from '../outcome.js'
import type { Settlement } from './settlement.js'

/** Percentiles of a time, ms; all 0 while nothing has been recorded. */
export interface Percentiles {
  readonly p50: number
  readonly p90: number
  readonly p99: number
  readonly max: number
  readonly mean: number
}

/** Counts what happened, and how long calls waited and ran. */
export class Statistics {
  readonly #counts: Record<OutcomeStatus, number> = { completed: 0, failed: 0, 'timed-out': 0, canceled: 0, crashed: 0 }
  readonly #wait: RecordableHistogram = createHistogram()
  readonly #run: RecordableHistogram = createHistogram()
  readonly #since = now()
  #busyMs = 0
  #batches = 0
  #batched = 0

  sent(calls: number): void {
    this.#batches++
    this.#batched += calls
  }

  settled(createdAt: number, settlement: Settlement): void {
    this.#counts[settlement.status]++
    if (settlement.claimedAt === 0) return
    record(this.#wait, settlement.claimedAt - createdAt)
    this.#busyMs += settlement.endAt - settlement.claimedAt
    if (settlement.runAt > 0) record(this.#run, settlement.endAt - settlement.runAt)
  }

  get counts(): Readonly<Record<OutcomeStatus, number>> {
    return { ...this.#counts }
  }

  get wait(): Percentiles {
    return percentiles(this.#wait)
  }

  get run(): Percentiles {
    return percentiles(this.#run)
  }

  /** Calls of a batch, on average; 0 before the first. */
  get meanBatchSize(): number {
    return this.#batches === 0 ? 0 : this.#batched / this.#batches
  }

  /** The part of the threads' time since the start that calls took, 0 to 1. @param threads how many there may be */
  utilization(threads: number): number {
    return Math.min(1, this.#busyMs / ((now() - this.#since) * threads))
  }
}

/** Histograms hold whole numbers from 1: microseconds. */
function record(histogram: RecordableHistogram, ms: number): void {
  histogram.record(Math.max(1, Math.round(ms * 1_000)))
}

function percentiles(histogram: RecordableHistogram): Percentiles {
  if (histogram.count === 0) return { p50: 0, p90: 0, p99: 0, max: 0, mean: 0 }
  return {
    p50: histogram.percentile(50) / 1_000,
    p90: histogram.percentile(90) / 1_000,
    p99: histogram.percentile(99) / 1_000,
    max: histogram.max / 1_000,
    mean: histogram.mean / 1_000,
  }
}
