/**
 * Milliseconds on the one clock that every thread of the process shares.
 *
 * `performance.now()` is cheaper than `process.hrtime()`, but its origin differs per thread; both read the same
 * monotonic source, so the difference measured once is exact for the thread's life.
 */
export function now(): number {
  return performance.now() + offset
}

const offset = ((): number => {
  const [seconds, nanoseconds] = process.hrtime()
  return seconds * 1e3 + nanoseconds / 1e6 - performance.now()
})()
