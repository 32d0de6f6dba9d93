import type { BackgroundTask } from '../contract/task.js'

/** Never ends, and never lets anybody else have the thread. */
export class EndlessLoop implements BackgroundTask<void, never> {
  run(): never {
    for (let turns = 0; ; turns++) Math.sqrt(turns)
  }
}

/** Tries 2^40 ways to split the letters before it would say no. */
export class CatastrophicRegExp implements BackgroundTask<void, boolean> {
  run(): boolean {
    return /^(a+)+$/.test(`${'a'.repeat(40)}!`)
  }
}

/** Awaits all the time, yet its thread's timers and messages never get a turn. */
export class EndlessMicrotasks implements BackgroundTask<void, never> {
  sum = 0

  async run(): Promise<never> {
    for (;;) {
      await undefined
      for (let step = 0; step < 10_000; step++) this.sum += Math.sqrt(step)
    }
  }
}
