import type { Writable } from 'node:stream'

/** Prints lines, many to a write, and lets the printer wait for a slow reader. */
export class LineOutput {
  readonly #stream: Writable
  #held = ''
  #flushing: NodeJS.Immediate | undefined

  constructor(stream: Writable) {
    this.#stream = stream
  }

  print(line: string): void | Promise<void> {
    this.#held += `${line}\n`
    if (this.#held.length >= WRITE_CHARACTERS) return this.flush()
    this.#flushing ??= setImmediate(() => void this.flush())
  }

  /** Settles once everything is handed over, or the stream has failed, which its `error` event tells. */
  flush(): Promise<void> {
    clearImmediate(this.#flushing)
    this.#flushing = undefined
    const text = this.#held
    this.#held = ''
    return new Promise((resolve) => this.#stream.write(text, () => resolve()))
  }
}

const WRITE_CHARACTERS = 64 * 1024
