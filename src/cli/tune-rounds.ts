import type { PoolFigures } from './tune-figures.js'

export const ROUNDS: number = 2

/** Up and down again, so that a machine that gets busier meanwhile does not favour small pools. */
export function roundsOf(sizes: readonly number[]): number[] {
  return [...sizes, ...sizes.toReversed()]
}

/** Other programs can only slow a round down: the faster one counts, with the failures of both. */
export function betterOf(pools: readonly PoolFigures[]): PoolFigures[] {
  const better = new Map<number, PoolFigures>()
  for (const pool of pools) {
    const other = better.get(pool.threads)
    if (other === undefined) {
      better.set(pool.threads, pool)
      continue
    }
    const faster = pool.throughput > other.throughput ? pool : other
    const failed = pool.failed + other.failed
    better.set(pool.threads, { ...faster, failed, failure: other.failure ?? pool.failure })
  }
  return [...better.values()].sort((a, b) => a.threads - b.threads)
}
