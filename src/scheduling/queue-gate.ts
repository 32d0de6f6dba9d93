import { QueueFullError } from '../errors.js'

/** Hears when the queue is at its limit, and when there is room again. */
export interface QueueGateListener {
  queueFull(calls: number, bytes: number): void
  queueDrained(calls: number, bytes: number): void
}

/** How much waits. */
interface QueueSize {
  readonly size: number
  readonly bytes: number
}

/** Holds the queue to its limits. Once it has been full, room is announced when it is down to half. */
export class QueueGate {
  readonly #queue: QueueSize
  readonly #limits: { readonly limit: number; readonly bytes: number }
  readonly #listener: QueueGateListener
  #isFull = false

  constructor(
    queue: QueueSize,
    limits: { readonly limit: number; readonly bytes: number },
    listener: QueueGateListener,
  ) {
    this.#queue = queue
    this.#limits = limits
    this.#listener = listener
  }

  /** @throws QueueFullError when one more call of so many bytes may not wait */
  admit(bytes: number): void {
    const { size, bytes: waiting } = this.#queue
    const { limit, bytes: mostBytes } = this.#limits
    if (size < limit && waiting + bytes <= mostBytes) return
    // There will never be room for it.
    if (bytes > mostBytes) throw new QueueFullError('bytes', mostBytes, bytes)
    this.#isFull = true
    this.#listener.queueFull(size, waiting)
    throw size >= limit ? new QueueFullError('calls', limit, size) : new QueueFullError('bytes', mostBytes, waiting)
  }

  /** Calls have left the queue. */
  noteDrained(): void {
    if (!this.#isFull) return
    const { size, bytes } = this.#queue
    if (size > this.#limits.limit / 2 || bytes > this.#limits.bytes / 2) return
    this.#isFull = false
    this.#listener.queueDrained(size, bytes)
  }
}
