import { describe, expect, it } from 'vitest'
import { betterOf, roundsOf } from '../../src/cli/tune-rounds.js'
import { callsInFlight, poolSizes } from '../../src/cli/tune-sizes.js'

describe('the pool sizes', () => {
  it.each([
    [1, [1, 2]],
    [2, [1, 2, 4]],
    [3, [1, 2, 3, 4, 6]],
    [4, [1, 2, 4, 8]],
    [6, [1, 2, 4, 6, 8, 12]],
    [64, [1, 2, 4, 8, 16, 32, 64, 128]],
  ])('of %i cores go up to twice as many, and hit the cores', (cores, sizes) => {
    expect(poolSizes(cores)).toEqual(sizes)
  })

  it('are measured up and down again', () => {
    expect(roundsOf([1, 2, 4])).toEqual([1, 2, 4, 4, 2, 1])
  })
})

describe('the calls in flight for each thread', () => {
  it.each([
    [100, 2],
    [1, 2],
    [0.5, 4],
    [0.02, 100],
    [0.005, 128],
    [0, 128],
  ])('for a call of %d ms are %i', (work, calls) => {
    expect(callsInFlight(work)).toBe(calls)
  })
})

describe('of two rounds', () => {
  const round = (threads: number, throughput: number, failed = 0, failure?: string) => ({
    ...{ threads, throughput, failed, failure, inFlightPerThread: 2, calls: throughput + failed },
    ...{ latency: { p50: 1, p99: 2 }, mainThreadDelay: 0, mainThreadPerCall: 0, memoryPerThread: 0 },
  })

  it('the faster counts, in the order of sizes', () => {
    const better = betterOf([round(1, 10), round(2, 15), round(2, 20), round(1, 9)])
    expect(better.map(({ threads, throughput }) => [threads, throughput])).toEqual([
      [1, 10],
      [2, 20],
    ])
  })

  it('the failures of both are told', () => {
    const [better] = betterOf([round(1, 10, 3, 'first'), round(1, 12, 2, 'second')])
    expect(better).toMatchObject({ throughput: 12, failed: 5, failure: 'first' })
    expect(betterOf([round(1, 10), round(1, 9, 1, 'later')])).toMatchObject([
      { throughput: 10, failed: 1, failure: 'later' },
    ])
  })
})
