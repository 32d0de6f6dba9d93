/**
 * Milliseconds on the one clock that every thread of the process shares.
 *
 * `performance.now()` is cheaper than `process.hrtime()`, but its origin differs per thread; both read the same
 * monotonic source, so the difference measured once is exact for the thread's life.
 */
export function now(): number {
  return performance.now() + offset
}

const ATTEMPTS = 32

/** A thread may lose its core between two readings: the closest pair of many counts. */
const offset = ((): number => {
  let best = 0
  let narrowest = Number.POSITIVE_INFINITY
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const before = performance.now()
    const [seconds, nanoseconds] = process.hrtime()
    const after = performance.now()
    if (after - before >= narrowest) continue
    narrowest = after - before
    best = seconds * 1e3 + nanoseconds / 1e6 - (before + after) / 2
  }
  return best
})()
