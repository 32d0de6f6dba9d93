import { createReadStream } from 'node:fs'
import { addAbortSignal, type Readable } from 'node:stream'
import type { ParameterSerializationError } from '../errors.js'
import { jsonLines } from './json-lines.js'
import { lookUpPath } from './look-up-path.js'
import { UsageError } from './usage-error.js'

/** The parameters of the calls to run, one after the other, and the input lines they came from. */
export class CallSource {
  readonly #input: Readable | undefined
  readonly #single: unknown
  readonly #signal: AbortSignal
  /** Lines of the calls begun and not yet printed: as many as are under way. */
  readonly #lines: number[] = []
  #lastLine = 0
  #failure: UsageError | undefined

  /**
   * @param input a file, or `-` for standard input; `undefined` for one call with `single`
   * @throws UsageError for a file that cannot be read
   */
  constructor(input: string | undefined, single: unknown, signal: AbortSignal) {
    this.#input = input === undefined ? undefined : open(input, signal)
    this.#single = single
    this.#signal = signal
  }

  /** Why the input ended early, naming the line: calls before it are run all the same. */
  get failure(): UsageError | undefined {
    return this.#failure
  }

  async *parameters(): AsyncGenerator<unknown, void, undefined> {
    if (this.#input === undefined) {
      this.#begin(1)
      yield this.#single
      return
    }
    try {
      for await (const { line, value } of jsonLines(this.#input)) {
        if (this.#signal.aborted) return
        this.#begin(line)
        yield value
      }
    } catch (error) {
      if (this.#signal.aborted) return
      this.#failure = error instanceof UsageError ? error : new UsageError(`cannot read the input: ${describe(error)}`)
    }
  }

  /** The line of the oldest call not yet taken: outcomes come in the order of the lines. */
  takeLine(): number {
    return this.#lines.shift() ?? 0
  }

  /** The parameters given last cannot cross to a thread. */
  refuse({ found, path, hint }: ParameterSerializationError): void {
    const place = this.#input === undefined ? '--parameters' : `line ${this.#lastLine}`
    this.#failure = new UsageError(`${place} cannot be sent to a thread: ${found} at ${path}; ${hint}`)
  }

  #begin(line: number): void {
    this.#lastLine = line
    this.#lines.push(line)
  }
}

function open(input: string, signal: AbortSignal): Readable {
  if (input === '-') return addAbortSignal(signal, process.stdin)
  if (lookUpPath('--input', input).isDirectory()) throw new UsageError(`--input: ${input} is a folder`)
  return createReadStream(input, { signal })
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
