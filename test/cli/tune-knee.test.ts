import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findKnee } from '../../src/cli/tune-knee.js'

const curve = (throughputs: Readonly<Record<number, number>>) =>
  Object.entries(throughputs).map(([threads, throughput]) => ({ threads: Number(threads), throughput }))

describe('the knee', () => {
  it.each<[string, Readonly<Record<number, number>>, number]>([
    ['one size', { 1: 80 }, 1],
    ['a curve that rises to the end', { 1: 100, 2: 195, 4: 380, 8: 700 }, 8],
    ['a plateau from the cores on', { 1: 100, 2: 198, 4: 390, 8: 395, 16: 393 }, 4],
    ['a decline beyond the cores', { 1: 100, 2: 195, 4: 160, 8: 90 }, 2],
    ['a decline from the start', { 1: 66_000, 2: 31_000, 4: 30_000 }, 1],
    ['a flat curve', { 1: 100, 2: 100, 4: 100 }, 1],
    ['a plateau with noise', { 1: 100, 2: 193, 4: 199, 8: 202 }, 2],
    ['a gain of just over 5 %', { 2: 100, 4: 105.3 }, 4],
    ['a gain of just under 5 %', { 2: 100, 4: 105.2 }, 2],
    ['a dip before the knee', { 1: 100, 2: 90, 4: 380, 8: 385 }, 4],
    ['slow growth that adds up', { 1: 100, 2: 104, 4: 108, 8: 112 }, 4],
    ['a size at which nothing completed', { 1: 100, 2: 0, 4: 210 }, 4],
    ['less than a call per second', { 1: 0.2, 2: 0.4, 4: 0.41 }, 2],
  ])('is found on %s', (_, throughputs, knee) => {
    expect(findKnee(curve(throughputs))?.threads).toBe(knee)
  })

  it('is nowhere when nothing completed', () => {
    expect(findKnee([])).toBeUndefined()
    expect(findKnee(curve({ 1: 0, 2: 0 }))).toBeUndefined()
    expect(findKnee([{ threads: 1, throughput: Number.NaN }])).toBeUndefined()
  })

  it('is the point itself, whatever the order', () => {
    const points = [
      { threads: 4, throughput: 101, mainThreadPerCall: 3 },
      { threads: 2, throughput: 100, mainThreadPerCall: 2 },
      { threads: 1, throughput: 50, mainThreadPerCall: 1 },
    ]
    expect(findKnee(points)).toBe(points[1])
  })

  it('is good enough, and nothing smaller is', () => {
    const throughput = fc.double({ min: 0.001, max: 1e6, noNaN: true })
    fc.assert(
      fc.property(fc.array(throughput, { minLength: 1, maxLength: 9 }), (throughputs) => {
        const points = throughputs.map((each, index) => ({ threads: 2 ** index, throughput: each }))
        const least = 0.95 * Math.max(...throughputs)
        const knee = findKnee(points)
        expect(knee?.throughput).toBeGreaterThanOrEqual(least)
        for (const { threads, throughput } of points) {
          if (threads < (knee?.threads ?? 0)) expect(throughput).toBeLessThan(least)
        }
      }),
    )
  })

  it('bears 2 % of noise on a curve that saturates at the cores', () => {
    const noise = fc.array(fc.double({ min: -0.02, max: 0.02, noNaN: true }), { minLength: 5, maxLength: 5 })
    fc.assert(
      fc.property(fc.constantFrom(1, 2, 4, 8), noise, (cores, noises) => {
        const points = [1, 2, 4, 8, 16].map((threads, index) => ({
          threads,
          throughput: 100 * Math.min(threads, cores) * (1 + (noises[index] ?? 0)),
        }))
        expect(findKnee(points)?.threads).toBe(cores)
      }),
    )
  })
})
