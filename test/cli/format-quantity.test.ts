import { describe, expect, it } from 'vitest'
import { formatBytes, formatMs, formatSeconds, rounded } from '../../src/cli/format-quantity.js'

describe('quantities', () => {
  it.each([
    [0, '0 ms'],
    [0.0421, '0.042 ms'],
    [1.234, '1.23 ms'],
    [12.34, '12.3 ms'],
    [1234.5, '1235 ms'],
  ])('%f ms is %s', (ms, text) => {
    expect(formatMs(ms)).toBe(text)
  })

  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1_000, '1.00 kB'],
    [12_345_678, '12.3 MB'],
    [5e9, '5.00 GB'],
    [5e15, '5000 TB'],
  ])('%i bytes are %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text)
  })

  it('turns ms into seconds, and rounds to three places', () => {
    expect(formatSeconds(1_500)).toBe('1.50 s')
    expect(rounded(1.23456)).toBe(1.235)
  })
})
