import { crunch } from '../tasks/work.mjs'

/** How many steps of `crunch` take 1 ms here: the fastest of several tries, which nothing else has slowed. */
export function calibrate() {
  const steps = 1_000_000
  let best = Number.POSITIVE_INFINITY
  for (let attempt = 0; attempt < 20; attempt++) {
    const startedAt = performance.now()
    crunch({ steps })
    best = Math.min(best, performance.now() - startedAt)
  }
  return steps / best
}
