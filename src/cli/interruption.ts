import { setMaxListeners } from 'node:events'
import { EXIT } from './exit-codes.js'

/** What ends a command early: SIGINT, or output that nobody reads any more. Both cancel the calls under way. */
export class Interruption implements Disposable {
  readonly #controller = new AbortController()
  #exitCode: number | undefined
  #interruptedAt = 0

  constructor() {
    // Every call under way listens.
    setMaxListeners(0, this.signal)
    process.on('SIGINT', this.#onSigint)
    process.stdout.on('error', this.#onOutputError)
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** `undefined` while nothing has interrupted. */
  get exitCode(): number | undefined {
    return this.#exitCode
  }

  [Symbol.dispose](): void {
    process.off('SIGINT', this.#onSigint)
    process.stdout.off('error', this.#onOutputError)
  }

  readonly #onSigint = (): void => {
    if (this.signal.aborted) {
      // Wrappers such as npx pass on the signal that the terminal has sent already: that is no second word.
      if (performance.now() - this.#interruptedAt > SECOND_WORD_MS) process.exit(EXIT.interrupted)
      return
    }
    this.#interrupt(EXIT.interrupted, 'interrupted by SIGINT')
  }

  readonly #onOutputError = (error: NodeJS.ErrnoException): void => {
    if (this.#exitCode !== undefined) return
    if (error.code === 'EPIPE') {
      this.#interrupt(EXIT.outputClosed, 'the output was closed')
    } else {
      process.stderr.write(`offmain: cannot write the output: ${error.message}\n`)
      this.#interrupt(EXIT.notCompleted, 'the output cannot be written')
    }
  }

  #interrupt(exitCode: number, reason: string): void {
    this.#exitCode = exitCode
    this.#interruptedAt = performance.now()
    this.#controller.abort(new Error(reason))
  }
}

/** A SIGINT this long after the first, ms, means: do not wait for what is being stopped. */
const SECOND_WORD_MS = 500
