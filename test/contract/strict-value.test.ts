import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encode, transfer } from '../../src/contract/codec.js'
import { NotSerializableError, type PayloadLimits } from '../../src/contract/strict-value.js'
import { anyValue } from './any-value.js'

class Invoice {
  total = 1
}
class Times extends Date {}
class Registry extends Map {}
class Bytes extends Uint8Array {}

function refusal(value: unknown, limits?: PayloadLimits): NotSerializableError {
  try {
    encode(value, limits)
  } catch (error) {
    if (error instanceof NotSerializableError) return error
    throw error
  }
  throw new Error('the value was accepted')
}

function never(): never {
  throw new Error('foreign code ran')
}

const everyTrap: ProxyHandler<object> = new Proxy({}, { get: () => never })

function detached(): Uint8Array {
  const bytes = new Uint8Array(8)
  structuredClone(bytes.buffer, { transfer: [bytes.buffer] })
  return bytes
}

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}

function circular(): object {
  const ring: { next: unknown[] } = { next: [] }
  ring.next.push(ring)
  return ring
}

function sparse(): unknown[] {
  const list: unknown[] = [1]
  list[2] = 3
  return list
}

function columns(length: number): unknown[] {
  return Object.assign(new Array(length).fill(1), { columns: ['a'] })
}

function elementAccessor(enumerable: boolean): unknown[] {
  return Object.defineProperty([1, 2], 1, { get: never, enumerable })
}

const refused: [kind: string, value: unknown, path: string, found: string][] = [
  ['a function', { items: [1, 2, 3, { callback: never }] }, '$.items[3].callback', 'function'],
  ['a class', [Invoice], '$[0]', 'function'],
  ['a symbol', { a: Symbol('s') }, '$.a', 'symbol'],
  ['a symbol key', { a: { [Symbol('s')]: 1 } }, '$.a', 'symbol key'],
  ['a symbol key on an array', { a: Object.assign([1], { [Symbol('s')]: 1 }) }, '$.a', 'symbol key'],
  ['a thenable', Object.fromEntries([['then', never]]), '$.then', 'function'],
  ['a class instance', { a: new Invoice() }, '$.a', 'class instance (Invoice)'],
  ['an instance of a nameless class', [new (class {})()], '$[0]', 'object with a prototype of its own'],
  ['an object that inherits', [Object.create({ a: 1 })], '$[0]', 'object with a prototype of its own'],
  ['a subclass of Date', [new Times()], '$[0]', 'class instance (Times)'],
  ['a subclass of Map', [new Registry()], '$[0]', 'class instance (Registry)'],
  ['a subclass of Uint8Array', [new Bytes(1)], '$[0]', 'class instance (Bytes)'],
  ['a boxed number', [Object(1)], '$[0]', 'class instance (Number)'],
  ['a boxed string', [Object('a')], '$[0]', 'class instance (String)'],
  ['a WeakMap', [new WeakMap()], '$[0]', 'class instance (WeakMap)'],
  ['a promise', { a: Promise.resolve() }, '$.a', 'class instance (Promise)'],
  ['a regular expression', { a: /a/ }, '$.a', 'class instance (RegExp)'],
  ['an error', { a: new TypeError('a') }, '$.a', 'class instance (TypeError)'],
  ['a URL', { a: new URL('http://a') }, '$.a', 'class instance (URL)'],
  ['an instance of another realm', [runInNewContext('new (class Alien {})()')], '$[0]', 'class instance (Alien)'],
  ['an invalid date', { at: new Date(Number.NaN) }, '$.at', 'invalid date'],
  [
    'a date with a property',
    [Object.assign(new Date(0), { zone: 'Z' })],
    '$[0].zone',
    'own property on a built-in object',
  ],
  ['a map with a property', [Object.assign(new Map(), { x: 1 })], '$[0].x', 'own property on a built-in object'],
  ['a lone surrogate', { a: ['\ud800'] }, '$.a[0]', 'string with a lone surrogate'],
  ['a lone surrogate in a key', { 'a\udc00': 1 }, '$["a\\udc00"]', 'key with a lone surrogate'],
  ['a sparse array', { a: sparse() }, '$.a[1]', 'hole in a sparse array'],
  ['a long sparse array', [new Array(5000)], '$[0][0]', 'hole in a sparse array'],
  ['an array with a property', [columns(3)], '$[0].columns', 'own property on an array'],
  ['a long array with a property', [columns(5000)], '$[0].columns', 'own property on an array'],
  ['a match of a regular expression', ['ab'.match(/a/)], '$[0].index', 'own property on an array'],
  ['an own __proto__ key', { a: JSON.parse('{"__proto__":1}') }, '$.a.__proto__', 'own __proto__ key'],
  ['a getter', { a: Object.defineProperty({}, 'b', { get: never, enumerable: true }) }, '$.a.b', 'accessor'],
  ['a hidden getter', [Object.defineProperty({}, 'b', { get: never })], '$[0].b', 'non-enumerable property'],
  ['a setter', { set a(_: unknown) {} }, '$.a', 'accessor'],
  ['a getter as an element', [elementAccessor(true)], '$[0][1]', 'accessor'],
  ['a hidden getter as an element', [elementAccessor(false)], '$[0][1]', 'non-enumerable property'],
  [
    'a non-enumerable property',
    [Object.defineProperty({ a: 1 }, 'b', { value: 1 })],
    '$[0].b',
    'non-enumerable property',
  ],
  ['a cycle', { a: circular() }, '$.a.next[0]', 'circular reference'],
  ['unmarked shared memory', { a: new SharedArrayBuffer(1) }, '$.a', 'SharedArrayBuffer'],
  ['a view on unmarked shared memory', [new Uint8Array(new SharedArrayBuffer(1))], '$[0]', 'SharedArrayBuffer'],
  ['a detached buffer', { a: detached() }, '$.a', 'detached buffer'],
  ['a detached marked buffer', { a: transfer(detached()) }, '$.a', 'detached buffer'],
  ['a proxy', { a: new Proxy({}, everyTrap) }, '$.a', 'proxy'],
  ['a proxy of an array', [new Proxy([], everyTrap)], '$[0]', 'proxy'],
  ['a revoked proxy', [revoked()], '$[0]', 'proxy'],
  [
    'an object that inherits from a proxy',
    [Object.create(new Proxy({}, everyTrap))],
    '$[0]',
    'object with a prototype of its own',
  ],
  ['the value of a map', { m: new Map([['a', never]]) }, '$.m.map(key "a")', 'function'],
  ['the value of a number in a map', new Map([[7, never]]), '$.map(key 7)', 'function'],
  ['the value of an object in a map', new Map([[{}, never]]), '$.map(value #0)', 'function'],
  [
    'the key of a map',
    new Map([
      [1, 1],
      [{ f: never }, 1],
    ] as [unknown, unknown][]),
    '$.map(key #1).f',
    'function',
  ],
  ['an item of a set', { s: new Set([1, never]) }, '$.s.set(item #1)', 'function'],
  ['below an object without prototype', Object.assign(Object.create(null), { a: never }), '$.a', 'function'],
  ['below an odd key', { 'a b': { '': never } }, '$["a b"][""]', 'function'],
  ['the Math object', Math, '$', 'symbol key'],
]

describe('a value that cannot cross exactly', () => {
  it.each(refused)('is refused with its place: %s', (_, value, path, found) => {
    const error = refusal(value)
    expect({ path: error.path, found: error.found }).toEqual({ path, found })
    expect(error.hint).not.toBe('')
    expect(error.message).toBe(`${path}: ${found} cannot be sent to another thread; ${error.hint}`)
  })

  it('is refused when it is nested deeper than allowed', () => {
    const limits = { bytes: 1000, depth: 3 }
    expect(encode([[[1]]], limits).bytes.byteLength).toBe(4)
    expect(refusal([[[[1]]]], limits)).toMatchObject({ path: '$[0][0][0]', found: 'more than 3 levels' })
    let deep: unknown = 1
    for (let i = 0; i < 100_000; i++) deep = { deep }
    expect(refusal(deep).found).toBe('more than 500 levels')
    expect(refusal(deep, { bytes: 1e9, depth: 1e9 }).found).toBe('more than 500 levels')
  })

  it('is refused when it is larger than allowed, before it is encoded', () => {
    const limits = { bytes: 1000, depth: 10 }
    expect(refusal({ a: 'x'.repeat(1000) }, limits)).toMatchObject({ path: '$.a', found: 'more than 1000 bytes' })
    expect(refusal({ a: 'é'.repeat(600) }, limits)).toMatchObject({ path: '$', found: 'more than 1000 bytes' })
    expect(refusal([1, new Uint8Array(999)], limits)).toMatchObject({ path: '$[1]' })
    expect(refusal(new Array(2000).fill(1), limits)).toMatchObject({ path: '$' })
    const wide = new Array(1000).fill('x'.repeat(1_000_000))
    expect(refusal(new Array(1000).fill(wide)).found).toBe('more than 67108864 bytes')
  })

  it('is refused without harm to the next one', () => {
    for (const [, value] of refused) refusal(value)
    const held = { a: { b: 1 } }
    expect(encode(held)).toEqual(encode({ a: { b: 1 } }))
  })

  it('names a cycle by where it leads back to', () => {
    expect(refusal({ a: circular() }).hint).toContain('$.a')
  })

  it('is found wherever it lies', { timeout: 120_000 }, () => {
    const strange = fc.constantFrom<readonly [unknown, string]>(
      [never, 'function'],
      [Symbol('s'), 'symbol'],
      [new Invoice(), 'class instance (Invoice)'],
      ['\udfff', 'string with a lone surrogate'],
      [new Proxy({}, everyTrap), 'proxy'],
    )
    const steps = fc.array(fc.tuple(fc.constantFrom('key', 'index', 'map', 'set'), anyValue), { maxLength: 8 })
    fc.assert(
      fc.property(strange, steps, ([value, found], levels) => {
        let path = ''
        let whole: unknown = value
        for (const [kind, sibling] of levels) {
          if (kind === 'key') whole = { before: sibling, here: whole, after: sibling }
          else if (kind === 'index') whole = [sibling, whole, sibling]
          else if (kind === 'map')
            whole = new Map<unknown, unknown>([
              ['before', sibling],
              ['here', whole],
            ])
          else whole = new Set<unknown>([{ sibling }, whole])
          path = `${{ key: '.here', index: '[1]', map: '.map(key "here")', set: '.set(item #1)' }[kind] ?? ''}${path}`
        }
        expect(refusal(whole)).toMatchObject({ path: `$${path}`, found })
      }),
      { numRuns: 3000 },
    )
  })
})
