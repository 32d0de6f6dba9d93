/** The pool sizes to measure: powers of two up to twice the cores, the cores themselves, and twice the cores. */
export function poolSizes(cores: number): number[] {
  const sizes = new Set([cores, 2 * cores])
  for (let size = 1; size < 2 * cores; size *= 2) sizes.add(size)
  return [...sizes].sort((a, b) => a - b)
}

/**
 * How many calls to keep in flight for each thread: two batches of about 1 ms of work, so that short calls can share
 * hops; just two for longer ones, so that their latency is not mostly waiting.
 *
 * @param workMs what one call costs inline
 */
export function callsInFlight(workMs: number): number {
  return Math.max(LEAST, Math.min(MOST, Math.ceil(2 / workMs)))
}

const LEAST = 2
const MOST = 128
