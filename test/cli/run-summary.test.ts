import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it } from 'vitest'
import { summarize, summaryText } from '../../src/cli/run-summary.js'

const settled = { completed: 3, failed: 0, 'timed-out': 1, canceled: 0, crashed: 2 }
const percentiles = (p50: number, p99: number) => ({ p50, p90: p50, p99, max: p99, mean: p50 })

describe('the summary of a run', () => {
  it('counts calls by status and gives percentiles', () => {
    const summary = summarize({ settled, wait: percentiles(1.23456, 20), run: percentiles(0.5, 7) }, 1_234.5678)
    expect(summary).toEqual({
      calls: 6,
      statuses: settled,
      elapsed: 1_234.568,
      wait: { p50: 1.235, p99: 20 },
      run: { p50: 0.5, p99: 7 },
    })
    expect(stripVTControlCharacters(summaryText(summary)).split('\n')).toEqual([
      '6 calls in 1.23 s: 3 completed, 1 timed-out, 2 crashed',
      'wait  p50 1.24 ms  p99 20.0 ms',
      'run   p50 0.500 ms  p99 7.00 ms',
    ])
  })
})
