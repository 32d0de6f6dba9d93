import cliProgress from 'cli-progress'

/** A bar of the measurements on stderr. */
export class TuneProgress implements Disposable {
  readonly #bar: cliProgress.SingleBar
  #done = -1

  constructor(measurements: number) {
    const format = 'measuring {bar} {value}/{total} {what}'
    this.#bar = new cliProgress.SingleBar(
      { format, stream: process.stderr, clearOnComplete: true, hideCursor: false, gracefulExit: false },
      cliProgress.Presets.shades_classic,
    )
    this.#bar.start(measurements, 0, { what: '' })
  }

  /** The one before has ended. */
  begin(what: string): void {
    this.#bar.update(++this.#done, { what })
  }

  [Symbol.dispose](): void {
    this.#bar.stop()
  }
}
