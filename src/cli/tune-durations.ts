import { createHistogram } from 'node:perf_hooks'

/** Durations in ms, any number of them in constant memory. */
export class Durations {
  readonly #histogram = createHistogram()
  #sum = 0

  get count(): number {
    return this.#histogram.count
  }

  get mean(): number {
    return this.count === 0 ? 0 : this.#sum / this.count
  }

  add(ms: number): void {
    this.#sum += ms
    this.#histogram.record(Math.max(1, Math.round(ms * 1e6)))
  }

  percentile(percent: number): number {
    return this.count === 0 ? 0 : this.#histogram.percentile(percent) / 1e6
  }

  reset(): void {
    this.#sum = 0
    this.#histogram.reset()
  }
}
