import { getHeapStatistics } from 'node:v8'

/** Says when a thread has served long enough. */
export class RecyclePolicy {
  readonly #recycleAfter: number
  readonly #heapBytes: number
  readonly #onDue: () => void
  #served = 0
  #isDue = false
  #looked = 0

  /** @param onDue told once, somewhat before the thread retires, so that its successor can be made ready */
  constructor(limits: { readonly recycleAfter: number; readonly recycleAboveHeapMb: number }, onDue: () => void) {
    this.#recycleAfter = limits.recycleAfter
    this.#heapBytes = limits.recycleAboveHeapMb * 1024 * 1024
    this.#onDue = onDue
  }

  /** A call begins. */
  beforeCall(): void {
    if (this.#served + 1 >= this.#recycleAfter * DUE_AT) this.#announce()
  }

  /** A call has ended. Returns why the thread is to retire now, or `undefined`. */
  afterCall(): string | undefined {
    this.#served++
    if (this.#served >= this.#recycleAfter) return `it has served ${this.#served} calls`
    if (this.#heapBytes === Number.POSITIVE_INFINITY || performance.now() - this.#looked < LOOK_EVERY_MS)
      return undefined
    this.#looked = performance.now()
    const used = getHeapStatistics().used_heap_size
    if (used <= this.#heapBytes) {
      if (used > this.#heapBytes * DUE_AT) this.#announce()
      return undefined
    }
    return `its heap holds ${Math.round(used / 1024 / 1024)} MB after a call`
  }

  #announce(): void {
    if (this.#isDue) return
    this.#isDue = true
    this.#onDue()
  }
}

/** The part of its service after which a thread is due. */
const DUE_AT = 0.8
/** Heap statistics cost some µs. */
const LOOK_EVERY_MS = 100
