import { isDeepStrictEqual } from 'node:util'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { Packr } from 'msgpackr'
import { describe, expect, it } from 'vitest'
import { DecodeError, decode, encode, share, transfer } from '../../src/contract/codec.js'
import { anyValue } from './any-value.js'

const builtCodec = new URL('../../dist/src/contract/codec.js', import.meta.url).href

function roundTrip(value: unknown): unknown {
  const { bytes, attachments } = encode(value)
  return decode(bytes, attachments)
}

describe('what crosses', () => {
  it('arrives equal, whatever it is made of', { timeout: 120_000 }, () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        // Vitest compares `constructor` keys by identity; this compares data, prototypes included.
        expect(isDeepStrictEqual(roundTrip(value), value)).toBe(true)
      }),
      { numRuns: 4_000 },
    )
  })

  it('keeps undefined as a property, an element, a key and a value', () => {
    const value = { a: undefined, b: [undefined, null], c: new Map([[undefined, undefined]]), d: new Set([undefined]) }
    expect(roundTrip(value)).toStrictEqual(value)
    expect(roundTrip(undefined)).toBeUndefined()
  })

  it('keeps the order of keys, of map entries and of set items', () => {
    const value = {
      z: 1,
      a: new Map<unknown, unknown>([
        ['z', 1],
        [{ k: 1 }, 2],
        ['a', 3],
      ]),
      m: new Set([3, 1, 2]),
    }
    const arrived = roundTrip(value) as typeof value
    expect(Object.keys(arrived)).toEqual(['z', 'a', 'm'])
    expect([...arrived.a.keys()]).toEqual(['z', { k: 1 }, 'a'])
    expect([...arrived.m]).toEqual([3, 1, 2])
  })

  it('keeps an object without prototype without one', () => {
    const value = Object.assign(Object.create(null), { constructor: 'x', toJSON: 'y', nested: Object.create(null) })
    const arrived = roundTrip(value) as object
    expect(Object.getPrototypeOf(arrived)).toBeNull()
    expect(arrived).toEqual(value)
  })

  it('sends a negative zero as zero', () => {
    expect(roundTrip([-0])).toStrictEqual([0])
  })

  it('sends an object met twice as two', () => {
    const shared = { a: 1 }
    const arrived = roundTrip([shared, shared]) as unknown[]
    expect(arrived).toEqual([shared, shared])
    expect(arrived[0]).not.toBe(arrived[1])
  })

  it('takes more keys than 16 bits count', () => {
    const value = Object.fromEntries(Array.from({ length: 70_000 }, (_, i) => [`k${i}`, i]))
    expect(roundTrip(value)).toEqual(value)
  })

  it('takes arrays and maps longer than a call has arguments', () => {
    const list = Array.from({ length: 300_000 }, (_, i) => i / 2)
    const arrived = roundTrip({ list, set: new Set(list) }) as { list: number[]; set: Set<number> }
    expect(arrived.list).toEqual(list)
    expect(arrived.set.size).toBe(list.length)
  })

  it('takes plain values of another realm', () => {
    const foreign: unknown = runInNewContext(
      '({ list: [1, { a: 2 }], at: new Date(5), map: new Map([[1, 2]]), set: new Set([1]), bytes: new Uint8Array([7]) })',
    )
    const bytes = new Uint8Array([7])
    const here = { list: [1, { a: 2 }], at: new Date(5), map: new Map([[1, 2]]), set: new Set([1]), bytes }
    expect(roundTrip(foreign)).toStrictEqual(here)
  })

  it('goes down as deep as the limit allows', () => {
    let lists: unknown = 1
    let maps: unknown = 1
    for (let i = 0; i < 500; i++) {
      lists = [lists]
      maps = new Map([[1, maps]])
    }
    expect(isDeepStrictEqual(roundTrip(lists), lists)).toBe(true)
    expect(isDeepStrictEqual(roundTrip(maps), maps)).toBe(true)
  })

  it('turns a Buffer into a Uint8Array', () => {
    const arrived = roundTrip(Buffer.from('hello'))
    expect(arrived).toStrictEqual(new Uint8Array(Buffer.from('hello')))
    expect(Buffer.isBuffer(arrived)).toBe(false)
  })
})

describe('isolation', () => {
  it('encodes into memory that nothing else is written to', () => {
    for (const length of [10, 5000, 100_000]) {
      const { bytes } = encode({ secret: 'x'.repeat(length) })
      const copy = Uint8Array.from(bytes)
      for (let i = 0; i < 20; i++) encode({ other: 'y'.repeat(length) })
      expect(Uint8Array.from(bytes)).toEqual(copy)
    }
    const { bytes } = encode('x'.repeat(100_000))
    expect(bytes.byteLength).toBe(bytes.buffer.byteLength)
  })

  it('decodes into memory of its own', () => {
    const frame = new Uint8Array(4096).fill(0xc1)
    const { bytes } = encode({
      a: new Uint8Array([1, 2, 3]),
      b: new Float64Array([1.5]),
      c: new DataView(new ArrayBuffer(2)),
    })
    frame.set(bytes, 100)
    const message = frame.subarray(100, 100 + bytes.byteLength)
    const arrived = decode(message) as { a: Uint8Array; b: Float64Array; c: DataView }
    frame.fill(0)
    expect(arrived).toEqual({
      a: new Uint8Array([1, 2, 3]),
      b: new Float64Array([1.5]),
      c: new DataView(new ArrayBuffer(2)),
    })
    for (const view of [arrived.a, arrived.b, arrived.c]) expect(view.buffer.byteLength).toBe(view.byteLength)
  })

  it('leaves no mark on the bytes it decodes', () => {
    const bytes = Uint8Array.from(encode({ a: 1 }).bytes)
    decode(bytes)
    expect(Object.keys(bytes)).toEqual(Object.keys(new Uint8Array(bytes.byteLength)))
  })

  it('decodes from shared memory', () => {
    const { bytes } = encode({ text: 'long enough to be decoded by another path, more than 64 bytes of it, really' })
    const shared = new Uint8Array(new SharedArrayBuffer(bytes.byteLength))
    shared.set(bytes)
    expect(decode(shared)).toEqual(decode(bytes))
  })
})

describe('buffers beside the bytes', () => {
  it('moves a marked buffer, and both views on it, with their offsets', () => {
    const memory = new ArrayBuffer(64)
    const floats = transfer(new Float32Array(memory, 8, 3))
    floats[0] = 1.5
    const { bytes, attachments } = encode({ floats, all: new Uint8Array(memory) })
    expect(attachments).toEqual([memory])
    expect(memory.byteLength).toBe(64)
    const moved = structuredClone(memory, { transfer: [memory] })
    const arrived = decode(bytes, [moved]) as { floats: Float32Array; all: Uint8Array }
    expect(arrived.floats).toEqual(new Float32Array([1.5, 0, 0]))
    expect(arrived.floats.byteOffset).toBe(8)
    expect(arrived.all.buffer).toBe(arrived.floats.buffer)
    expect(arrived.all.byteLength).toBe(64)
    expect(() => encode({ floats })).toThrow(/\$\.floats: detached buffer/)
  })

  it('passes marked shared memory by reference', () => {
    const memory = share(new SharedArrayBuffer(8))
    const { bytes, attachments } = encode([memory, new Int32Array(memory)])
    expect(attachments).toEqual([memory])
    const arrived = decode(bytes, attachments) as [SharedArrayBuffer, Int32Array]
    expect(arrived[0]).toBe(memory)
    expect(arrived[1].buffer).toBe(memory)
  })

  it('copies a large unmarked buffer once, its part only, and hands that over', () => {
    const memory = new ArrayBuffer(300_000)
    const view = new Uint16Array(memory, 2, 50_000).fill(7)
    const { bytes, attachments } = encode({ view })
    expect(bytes.byteLength).toBeLessThan(64)
    expect(attachments?.map((attachment) => attachment.byteLength)).toEqual([100_000])
    view.fill(0)
    const arrived = decode(bytes, attachments) as { view: Uint16Array }
    expect(arrived.view.buffer).toBe(attachments?.[0])
    expect(arrived.view).toEqual(new Uint16Array(50_000).fill(7))
  })

  it('counts copied buffers toward the limit, but not moved ones', () => {
    const limits = { bytes: 1000, depth: 10 }
    expect(() => encode(new Uint8Array(100_000), limits)).toThrow(/more than 1000 bytes/)
    expect(encode(transfer(new Uint8Array(100_000)), limits).attachments).toHaveLength(1)
  })

  it('does not let a pooled Buffer be moved', () => {
    expect(() => transfer(Buffer.from('pooled'))).toThrow(TypeError)
    expect(() => transfer(new Uint8Array(new SharedArrayBuffer(1)))).toThrow(TypeError)
    expect(() => share(new Uint8Array(1))).toThrow(TypeError)
  })

  it('come back whichever copy of offmain in the process was loaded last', async () => {
    const other = (await import(builtCodec)) as { encode: typeof encode; decode: typeof decode }
    const value = { view: new Uint16Array(50_000).fill(7), items: new Set([1]) }
    expect(roundTrip(value)).toEqual(value)
    const { bytes, attachments } = other.encode(value)
    expect(other.decode(bytes, attachments)).toEqual(value)
  })

  it('refuses a message whose attachments did not come', () => {
    const { bytes } = encode(transfer(new Float64Array(4)))
    expect(() => decode(bytes)).toThrow(DecodeError)
    expect(() => decode(bytes, [new ArrayBuffer(8)])).toThrow(DecodeError)
    expect(() => decode(bytes, [new SharedArrayBuffer(31)])).toThrow(DecodeError)
  })
})

describe('bytes that encode did not write', () => {
  const refused: [string, readonly number[]][] = [
    ['nothing', []],
    ['bytes left over', [0x01, 0x02]],
    ['the unused type', [0xc1]],
    ['a record definition', [0xd4, 0x72, 0x40, 0x91, 0xa1, 0x61, 0x01]],
    ['a two byte record definition', [0xd5, 0x72, 0x40, 0x00, 0x91, 0xa1, 0x61, 0x01]],
    ['an error of msgpackr', [0xd4, 0x65, 0x00, 0x93, 0xa1, 0x45, 0xa1, 0x6d, 0xc0]],
    ['a regular expression of msgpackr', [0xd4, 0x78, 0x00, 0x92, 0xa1, 0x61, 0xa0]],
    ['a reference of msgpackr', [0xd6, 0x69, 0, 0, 0, 1, 0x90]],
    ['bundled strings of msgpackr', [0xd6, 0x62, 0, 0, 0, 1, 0xc0]],
    ['an unknown extension', [0xd4, 0x05, 0x00]],
    ['an extension of ours without its array', [0xd4, 0x6f, 0x00, 0x01]],
    ['an extension of ours with an unknown tag', [0xd4, 0x6f, 0x00, 0x91, 0x63]],
    ['a map of ours with a key and no value', [0xd4, 0x6f, 0x00, 0x92, 0x00, 0x01]],
    ['an object of ours with a forbidden key', [0xd4, 0x6f, 0, 0x93, 0x02, 0xaa, ...Buffer.from('.__proto__'), 0x80]],
    ['a forbidden key', [0x81, 0xa9, ...Buffer.from('__proto__'), 0x80]],
    ['a forbidden key of another length', [0x81, 0xd9, 0x09, ...Buffer.from('__proto__'), 0x80]],
    ['a key that is no string', [0x81, 0x01, 0x01]],
    ['an array longer than the message', [0xdd, 0xff, 0xff, 0xff, 0xff]],
    ['a map longer than the message', [0xdf, 0xff, 0xff, 0xff, 0xff]],
    ['a string longer than the message', [0xdb, 0xff, 0xff, 0xff, 0xff]],
    ['binary data longer than the message', [0xc6, 0xff, 0xff, 0xff, 0xff]],
    ['a date beyond time', [0xc7, 12, 0xff, 0, 0, 0, 0, 0x7f, 0, 0, 0, 0, 0, 0, 0]],
    ['a date just beyond time', [0xc7, 12, 0xff, 0, 0, 0, 1, 0, 0, 0x07, 0xdb, 0xa8, 0x21, 0x80, 0]],
    ['arrays nested without end', new Array(100_000).fill(0x91)],
    ['arrays of arrays that multiply', new Array(100).fill([0xdc, 0xff, 0xff]).flat()],
  ]
  it.each(refused)('are refused: %s', (_, bytes) => {
    expect(() => decode(Uint8Array.from(bytes))).toThrow(DecodeError)
  })

  it('are refused without quoting them', () => {
    const secret = 'the-payload-of-somebody-else'
    for (const bytes of [[0xc1], [0xd4, 0x6f, 0x00, 0x91, 0x63]]) {
      const message = Buffer.concat([Uint8Array.of(0x92), encode(secret).bytes, Uint8Array.from(bytes)])
      expect(() => decode(message)).toThrow(expect.not.objectContaining({ message: expect.stringContaining(secret) }))
    }
  })

  it('never hang, crash or reach a prototype, however they were damaged', { timeout: 120_000 }, () => {
    const damage = fc.array(fc.tuple(fc.constantFrom('flip', 'cut', 'insert'), fc.nat(), fc.nat(255)), {
      minLength: 1,
      maxLength: 4,
    })
    const before = Object.getOwnPropertyNames(Object.prototype).length
    let slowest = 0
    fc.assert(
      fc.property(anyValue, damage, (value, damages) => {
        const { bytes, attachments } = encode(value)
        const began = performance.now()
        try {
          const arrived = decode(damages.reduce(damaged, Uint8Array.from(bytes)), attachments)
          encode(arrived)
        } catch (error) {
          // Damage may make a string or key that decodes with U+FFFD, never a value that cannot cross back.
          expect(error).toBeInstanceOf(DecodeError)
        }
        slowest = Math.max(slowest, performance.now() - began)
      }),
      { numRuns: 4_000 },
    )
    expect(slowest).toBeLessThan(2000)
    expect(Object.getOwnPropertyNames(Object.prototype)).toHaveLength(before)
    expect(Object.keys({})).toEqual([])
  })

  it('leave the next message unharmed', () => {
    for (const [, bytes] of refused) expect(() => decode(Uint8Array.from(bytes))).toThrow(DecodeError)
    expect(roundTrip({ a: [1, 'b'] })).toEqual({ a: [1, 'b'] })
  })

  it('do not include records, so that no code is generated from them', () => {
    const records = new Packr({ useRecords: true }).pack(Array.from({ length: 9 }, (_, a) => ({ a })))
    expect(() => decode(records)).toThrow(DecodeError)
  })
})

function damaged(bytes: Uint8Array, [kind, place, byte]: [string, number, number]): Uint8Array {
  const at = place % (bytes.byteLength + 1)
  if (kind === 'cut') return bytes.slice(0, at)
  if (kind === 'insert') return Uint8Array.from([...bytes.subarray(0, at), byte, ...bytes.subarray(at)])
  return bytes.map((old, index) => (index === at ? old ^ (byte || 1) : old))
}
