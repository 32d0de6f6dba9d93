import type { TaskOutcome } from '../outcome.js'
import type { TaskHandle } from '../task-handle.js'
import { Durations } from './tune-durations.js'
import type { Starter } from './tune-starter.js'

/** Keeps a number of calls in flight, and counts those that settle. */
export class Load {
  readonly latency: Durations = new Durations()
  /** Since `reset`. */
  settled = 0
  failed = 0
  /** The first outcome that was not completed, ever. */
  failure: Exclude<TaskOutcome<unknown>, { status: 'completed' }> | undefined
  readonly #starter: Starter
  readonly #inFlight: TaskHandle<unknown>[] = []
  #stopping = false

  constructor(starter: Starter) {
    this.#starter = starter
  }

  /** Settles after `stop`, once no call is in flight; rejects when one is refused. */
  async run(inFlight: number): Promise<void> {
    await Promise.all(Array.from({ length: inFlight }, (_, place) => this.#oneAfterTheOther(place)))
  }

  reset(): void {
    this.settled = 0
    this.failed = 0
    this.latency.reset()
  }

  /** Starts no more, and takes back what waits; what runs may end. */
  stop(): void {
    this.#stopping = true
    for (const handle of this.#inFlight) if (handle.status === 'queued') handle.cancel('the measurement is over')
  }

  async #oneAfterTheOther(place: number): Promise<void> {
    while (!this.#stopping) {
      const handle = this.#starter.start()
      this.#inFlight[place] = handle
      const outcome = await handle.completion
      if (!this.#stopping) this.#count(outcome)
    }
  }

  #count(outcome: TaskOutcome<unknown>): void {
    this.settled++
    this.latency.add(outcome.timing.total)
    if (outcome.status === 'completed') {
      // Decoded when it is first read: the main thread's part of the call.
      void outcome.value
      return
    }
    this.failed++
    this.failure ??= outcome
  }
}
