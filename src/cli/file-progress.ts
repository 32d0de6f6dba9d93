import cliProgress from 'cli-progress'

/** A progress bar of files on stderr. Their number is not known ahead: it grows as they are counted. */
export class FileProgress implements Disposable {
  readonly #bar: cliProgress.SingleBar
  readonly #counting = new AbortController()

  /** @param paths the same files once more, only to count them */
  constructor(paths: AsyncGenerator<string, void, undefined>) {
    const format = 'digesting {bar} {value}/{total} files'
    this.#bar = new cliProgress.SingleBar(
      { format, stream: process.stderr, clearOnComplete: true, hideCursor: false, gracefulExit: false },
      cliProgress.Presets.shades_classic,
    )
    this.#bar.start(1, 0)
    void this.#count(paths)
  }

  advance(): void {
    this.#bar.increment()
  }

  [Symbol.dispose](): void {
    this.#counting.abort()
    this.#bar.stop()
  }

  async #count(paths: AsyncGenerator<string, void, undefined>): Promise<void> {
    let total = 0
    for await (const _ of paths) {
      if (this.#counting.signal.aborted) return
      this.#bar.setTotal(++total)
    }
  }
}
