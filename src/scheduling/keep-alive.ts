/** Keeps the process alive exactly while something is pending. */
export class KeepAlive {
  #pending = 0
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
    if (this.#pending === 0) this.#timer.unref()
  }

  /** The runtime is closed; nothing will be pending again. */
  end(): void {
    clearInterval(this.#timer)
  }
}

const LONGEST_TIMER_MS = 2 ** 31 - 1
