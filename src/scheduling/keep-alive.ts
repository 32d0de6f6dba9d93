/** Counts what is pending, and keeps the process alive exactly while something is. */
export class KeepAlive {
  #pending = 0
  #whenNone: (() => void) | undefined
  readonly #timer: NodeJS.Timeout

  constructor() {
    this.#timer = setInterval(() => {}, LONGEST_TIMER_MS).unref()
  }

  get pending(): number {
    return this.#pending
  }

  hold(): void {
    this.#pending++
    if (this.#pending === 1) this.#timer.ref()
  }

  release(): void {
    this.#pending--
    if (this.#pending > 0) return
    this.#timer.unref()
    this.#whenNone?.()
  }

  /** Settles when nothing is pending any more, or the time is up. @param timeoutMs ms, or Infinity */
  async drained(timeoutMs: number): Promise<void> {
    if (this.#pending === 0) return
    let timer: NodeJS.Timeout | undefined
    await new Promise<void>((resolve) => {
      this.#whenNone = resolve
      if (timeoutMs !== Number.POSITIVE_INFINITY) timer = setTimeout(resolve, timeoutMs)
    })
    clearTimeout(timer)
  }

  /** The process stays alive until `work` has settled. */
  async during(work: Promise<unknown>): Promise<void> {
    this.hold()
    try {
      await work
    } finally {
      this.release()
    }
  }

  /** Nothing will be pending again. */
  end(): void {
    clearInterval(this.#timer)
  }
}

const LONGEST_TIMER_MS = 2 ** 31 - 1
