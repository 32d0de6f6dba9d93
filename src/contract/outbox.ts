/** The most calls that one batch may carry. */
export const MAX_BATCH = 128

/** How a call ended, by the worker's own word. */
export const Ending = { completed: 0, failed: 1, /** it ended after it was asked to stop */ gaveWay: 2 } as const
export type Ending = (typeof Ending)[keyof typeof Ending]

/** What a thread reports of one call: how it ended, when, and the encoded result or `FailureRecord`. */
export interface Report {
  readonly ending: Ending
  /** ms on the shared clock; `runAt` is 0 when `run` was never reached. */
  readonly claimedAt: number
  readonly runAt: number
  readonly endAt: number
  readonly bytes: Uint8Array
  readonly attachments: readonly (ArrayBuffer | SharedArrayBuffer)[] | undefined
}

/**
 * Shared memory in which a thread leaves the reports of a batch before it goes on to the next call, so that they
 * survive whatever that call does to the thread.
 *
 * ```
 *   lengths      128 × int32      -1: the report was posted as a message instead
 *   endings      128 × int32
 *   stamps       128 × 3 × float64
 *   bytes of report 0, of report 1, …
 * ```
 *
 * The worker writes a report before it ends the call in the control block; who reads it has read `settled` first.
 */
export class Outbox {
  static readonly BYTES: number = 64 * 1024

  readonly #lengths: Int32Array
  readonly #endings: Int32Array
  readonly #stamps: Float64Array
  readonly #data: Uint8Array
  #offset = 0

  constructor(readonly buffer: SharedArrayBuffer = new SharedArrayBuffer(Outbox.BYTES)) {
    this.#lengths = new Int32Array(buffer, 0, MAX_BATCH)
    this.#endings = new Int32Array(buffer, MAX_BATCH * 4, MAX_BATCH)
    this.#stamps = new Float64Array(buffer, MAX_BATCH * 8, MAX_BATCH * 3)
    this.#data = new Uint8Array(buffer, MAX_BATCH * 32)
  }

  /** Both sides: the next `write` or `read` is that of call 0 of a new batch. */
  rewind(): void {
    this.#offset = 0
  }

  /** Worker: leaves the report of call `index`. False: it does not fit and must be posted. */
  write(index: number, report: Report): boolean {
    const { bytes } = report
    if (report.attachments !== undefined || this.#offset + bytes.length > this.#data.length) {
      this.#lengths[index] = POSTED
      return false
    }
    this.#data.set(bytes, this.#offset)
    this.#offset += bytes.length
    this.#lengths[index] = bytes.length
    this.#endings[index] = report.ending
    this.#stamps[index * 3] = report.claimedAt
    this.#stamps[index * 3 + 1] = report.runAt
    this.#stamps[index * 3 + 2] = report.endAt
    return true
  }

  /** Scheduler: the reports of calls `from` up to `to`, in order, each call once; `undefined` where one was posted. */
  read(from: number, to: number): (Report | undefined)[] {
    let size = 0
    for (let index = from; index < to; index++) size += Math.max(0, this.#lengths[index] ?? 0)
    // One copy for all of them: the next batch overwrites the outbox, and views on shared memory must not get out.
    const copy = this.#data.slice(this.#offset, this.#offset + size)
    this.#offset += size
    const reports: (Report | undefined)[] = []
    let begin = 0
    for (let index = from; index < to; index++) {
      const length = this.#lengths[index] ?? POSTED
      if (length === POSTED) {
        reports.push(undefined)
        continue
      }
      reports.push(
        new StoredReport(
          (this.#endings[index] ?? Ending.failed) as Ending,
          this.#stamps[index * 3] ?? 0,
          this.#stamps[index * 3 + 1] ?? 0,
          this.#stamps[index * 3 + 2] ?? 0,
          copy,
          begin,
          begin + length,
        ),
      )
      begin += length
    }
    return reports
  }
}

/** A view of the copy costs more than all the rest, so it is made when somebody wants the bytes. */
class StoredReport implements Report {
  readonly attachments = undefined

  constructor(
    readonly ending: Ending,
    readonly claimedAt: number,
    readonly runAt: number,
    readonly endAt: number,
    readonly copy: Uint8Array,
    readonly begin: number,
    readonly end: number,
  ) {}

  get bytes(): Uint8Array {
    return this.copy.subarray(this.begin, this.end)
  }
}

const POSTED = -1
