import { describe, expect, it } from 'vitest'
import { Durations } from '../../src/cli/tune-durations.js'
import { formatDuration, formatRate, formatRatio, precise } from '../../src/cli/tune-quantity.js'

describe('quantities', () => {
  it.each([
    [0, '0 ms'],
    [0.000_45, '450 ns'],
    [0.005_214, '5.21 µs'],
    [0.048_31, '48.3 µs'],
    [0.999_6, '1.00 ms'],
    [12.34, '12.3 ms'],
    [999.4, '999 ms'],
    [999.6, '1.00 s'],
    [1_504, '1.50 s'],
    [99.96, '100 ms'],
  ])('%d ms is %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text)
  })

  it('has rates, ratios and figures', () => {
    expect([191_234, 88.44, 0.25].map(formatRate)).toEqual(['191,000/s', '88.4/s', '0.25/s'])
    expect([0.9, 12.34, 140].map(formatRatio)).toEqual(['0.90 ×', '12.3 ×', '140 ×'])
    expect([0.005_214_3, 123_456].map(precise)).toEqual([0.005_214, 123_500])
  })
})

describe('durations', () => {
  it('gives percentiles to three figures, and the mean', () => {
    const durations = new Durations()
    expect([durations.percentile(50), durations.mean]).toEqual([0, 0])
    for (let ms = 1; ms <= 100; ms++) durations.add(ms / 1_000)
    expect(durations.percentile(50)).toBeCloseTo(0.05, 3)
    expect(durations.percentile(99)).toBeCloseTo(0.099, 3)
    expect(durations.mean).toBeCloseTo(0.0505, 6)
    expect(durations.count).toBe(100)
    durations.reset()
    expect([durations.count, durations.mean]).toEqual([0, 0])
  })
})
