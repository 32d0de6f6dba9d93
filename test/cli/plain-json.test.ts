import { describe, expect, it } from 'vitest'
import { plainJson } from '../../src/cli/plain-json.js'

describe('plainJson', () => {
  it.each<[string, unknown, string]>([
    ['plain data', { a: [1, 'x', null, true] }, '{"a":[1,"x",null,true]}'],
    ['a bigint', [2n ** 64n], '["18446744073709551616"]'],
    ['binary', { bytes: Uint8Array.of(1, 2, 3) }, '{"bytes":"AQID"}'],
    ['a part of a buffer', { part: Buffer.from('xhix').subarray(1, 3) }, '{"part":"aGk="}'],
    ['binary alone', Buffer.from('hi'), '"aGk="'],
    ['an ArrayBuffer', { buffer: Uint8Array.of(1, 2, 3).buffer }, '{"buffer":"AQID"}'],
    ['shared memory', { shared: new SharedArrayBuffer(3) }, '{"shared":"AAAA"}'],
    ['other typed arrays', { words: Uint16Array.of(1) }, '{"words":"AQA="}'],
    ['a Map', new Map<unknown, unknown>([['a', 1n]]), '[["a","1"]]'],
    ['a Set', new Set([Buffer.from('hi')]), '["aGk="]'],
    ['numbers beyond JSON', [Number.NaN, Number.NEGATIVE_INFINITY], '["NaN","-Infinity"]'],
    ['a date', new Date(0), '"1970-01-01T00:00:00.000Z"'],
    ['a regular expression', /a+/g, '"/a+/g"'],
  ])('writes %s', (_, value, json) => {
    expect(plainJson(value)).toBe(json)
  })

  it('has no JSON for undefined', () => {
    expect(plainJson(undefined)).toBeUndefined()
  })

  it('writes the errors of an AggregateError', () => {
    const error = new AggregateError([new TypeError('a')], 'both')
    expect(JSON.parse(plainJson(error) ?? '')).toEqual({
      name: 'AggregateError',
      message: 'both',
      errors: [{ name: 'TypeError', message: 'a' }],
    })
  })
})
