import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises'

/**
 * Finds what a call left running on the thread: timers, sockets and other handles beyond those that were there before.
 *
 * Source: `process.getActiveResourcesInfo()`, which names what keeps an event loop alive; 0.3 µs here.
 */
export class Leftovers {
  #baseline: readonly string[] = []

  /** From now on these are the thread's own: its ports, its modules' and its user connection's handles. */
  accept(): void {
    this.#baseline = process.getActiveResourcesInfo()
  }

  /** At a glance, and possibly of something that is just being closed. */
  get suspected(): boolean {
    const types = process.getActiveResourcesInfo()
    const isUnchanged = types.length === this.#baseline.length && types.every((type, at) => type === this.#baseline[at])
    return !isUnchanged && beyond(types, this.#baseline).length > 0
  }

  /** What is still there after what is being closed has had the time to close. */
  async confirm(): Promise<readonly string[]> {
    for (let turn = 0; turn < TURNS; turn++) {
      await (turn < TURNS / 2 ? nextTurn() : delay(1))
      if (!this.suspected) return []
    }
    return beyond(process.getActiveResourcesInfo(), this.#baseline)
  }
}

/** Those types that are there more often than before. What was just closing then must not make up for what runs now. */
function beyond(types: readonly string[], baseline: readonly string[]): readonly string[] {
  const own = [...baseline]
  return types.filter((type) => {
    const index = own.indexOf(type)
    if (index >= 0) own.splice(index, 1)
    return index < 0
  })
}

/** Turns of the event loop that closing may take, the later half 1 ms each. */
const TURNS = 16
