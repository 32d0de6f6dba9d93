import { InvalidOptionError } from './errors.js'
import type { TaskOutcome } from './outcome.js'
import type { TaskHandle } from './task-handle.js'

/** How `mapOutcomes` starts calls. */
export interface MapStarter<P, R> {
  /** Begins one call; `undefined` when there is no room for it now. */
  start(parameters: P, index: number): TaskHandle<R> | undefined
  /** Settles when there may be room again. */
  room(): Promise<void>
  /** How many calls may be begun and not yet yielded. */
  readonly atOnce: number
  readonly ordered: boolean
  /** Ends the taking of items; calls under way are canceled by whoever aborts it. */
  readonly signal: AbortSignal | undefined
}

/**
 * Starts a call for each item and yields their outcomes. The consumer's pace is the source's pace: an item is taken only
 * when there is room for its call. When an item cannot be had or its call is refused, the outcomes of those before it
 * still come, and then the error.
 */
export async function* mapOutcomes<P, R>(
  items: Iterable<P> | AsyncIterable<P>,
  starter: MapStarter<P, R>,
): AsyncGenerator<TaskOutcome<R>, void, undefined> {
  const feed = new Feed(items, starter)
  try {
    for (;;) {
      feed.take()
      const outcome = await feed.next()
      if (outcome === undefined) return
      yield outcome
    }
  } finally {
    await feed.end()
  }
}

/** Takes items and starts their calls as room allows; gives the outcomes one by one. */
class Feed<P, R> {
  readonly #source: Iterator<P> | AsyncIterator<P>
  readonly #isAsync: boolean
  readonly #starter: MapStarter<P, R>
  /** Begun and not yet yielded, in order; those that have settled are in `#settled` too. */
  readonly #begun = new Set<TaskHandle<R>>()
  readonly #settled = new Set<TaskHandle<R>>()
  #index = 0
  #isTaking = false
  #isExhausted = false
  #failure: { readonly error: unknown } | undefined
  #wake: () => void = () => {}

  constructor(items: Iterable<P> | AsyncIterable<P>, starter: MapStarter<P, R>) {
    if (!isIterable(items)) throw new InvalidOptionError('items', items, 'an iterable or an async iterable')
    this.#isAsync = typeof items === 'object' && Symbol.asyncIterator in items
    this.#source = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]()
    this.#starter = starter
    starter.signal?.addEventListener('abort', this.#hearAbort)
  }

  /** Begins calls until there is no room or no item at hand. */
  take(): void {
    if (this.#isTaking) return
    this.#isTaking = true
    void this.#takeAll().finally(() => {
      this.#isTaking = false
      this.#wake()
    })
  }

  /** The outcome to yield next; `undefined` when all have been. @throws what ended the source */
  async next(): Promise<TaskOutcome<R> | undefined> {
    for (;;) {
      const [handle] = this.#starter.ordered ? this.#begun : this.#settled
      if (handle !== undefined && this.#settled.has(handle)) {
        this.#begun.delete(handle)
        this.#settled.delete(handle)
        return handle.completion
      }
      if ((this.#isExhausted || this.#isAborted) && this.#begun.size === 0) {
        if (this.#failure !== undefined) throw this.#failure.error
        return undefined
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }

  /** The consumer has stopped, or all is done. */
  async end(): Promise<void> {
    this.#starter.signal?.removeEventListener('abort', this.#hearAbort)
    for (const handle of this.#begun) handle.cancel(new Error('the consumer of map() stopped'))
    if (this.#isExhausted) return
    const isAwaited = this.#isTaking
    const closed = this.#close()
    // A source that is being waited for answers when it likes; nobody waits for it any more.
    if (!isAwaited) await closed
  }

  readonly #hearAbort = (): void => this.#wake()

  /** The signal says that no more is wanted; the calls under way are canceled by it too. */
  get #isAborted(): boolean {
    return this.#starter.signal?.aborted === true
  }

  async #takeAll(): Promise<void> {
    try {
      while (!this.#isExhausted && this.#begun.size < this.#starter.atOnce) {
        if (this.#isAborted) {
          await this.#close()
          return
        }
        const taken = this.#source.next()
        // A plain iterator's items are taken without a turn of the microtask queue each.
        const { done, value } = this.#isAsync ? await taken : (taken as IteratorResult<P>)
        if (done === true) this.#isExhausted = true
        else {
          const begun = this.#begin(value)
          if (begun !== undefined) await begun
        }
      }
    } catch (error) {
      this.#failure ??= { error }
      await this.#close()
    }
  }

  #begin(parameters: P): Promise<void> | undefined {
    if (this.#isExhausted || this.#isAborted) return undefined
    const handle = this.#starter.start(parameters, this.#index)
    if (handle === undefined) return this.#starter.room().then(() => this.#begin(parameters))
    this.#index++
    this.#begun.add(handle)
    void handle.completion.then(() => {
      this.#settled.add(handle)
      this.#wake()
    })
    return undefined
  }

  /** No more items. What the source throws at that is what ends the iteration, unless something else has. */
  async #close(): Promise<void> {
    if (this.#isExhausted) return
    this.#isExhausted = true
    try {
      await this.#source.return?.()
    } catch (error) {
      this.#failure ??= { error }
    }
  }
}

function isIterable(items: unknown): boolean {
  if (typeof items === 'string') return true
  return typeof items === 'object' && items !== null && (Symbol.asyncIterator in items || Symbol.iterator in items)
}
