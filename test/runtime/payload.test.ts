import { share, TaskRuntime, transfer } from 'offmain'
import { describe, expect, it } from 'vitest'
import { everyday } from './fixtures/everyday.js'
import { sharedWords } from './fixtures/shared-words.js'

describe('what crosses', () => {
  it('arrives exactly, both ways', async () => {
    await using runtime = new TaskRuntime({ threads: 1 })
    const value = {
      none: null,
      missing: undefined,
      numbers: [1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53],
      big: 2n ** 100n,
      date: new Date(0),
      map: new Map<unknown, unknown>([
        [1, 'a'],
        ['b', new Set([1, 2])],
      ]),
      bytes: new Uint8Array([1, 2, 3]),
      floats: new Float64Array([1.5, -2.5]),
    }
    expect(await runtime.startNew(everyday.Echo, value).result()).toEqual(value)
  })

  it.each([1_000, 70_000, 5_000_000])('a string of %d characters, also beyond the outbox', async (length) => {
    await using runtime = new TaskRuntime({ threads: 1 })
    const text = 'ab'.repeat(length / 2)
    expect(await runtime.startNew(everyday.Echo, text).result()).toBe(text)
  })

  it('several results beyond the outbox in one batch, each to its own call', async () => {
    await using runtime = new TaskRuntime({ threads: 1 })
    for (let round = 0; round < 5; round++) await runtime.startNew(everyday.Echo, 1).completion
    const texts = Array.from({ length: 30 }, (_, index) =>
      String.fromCharCode(97 + (index % 26)).repeat(30_000 + index),
    )
    const handles = texts.map((text) => runtime.startNew(everyday.Echo, text))
    expect(await Promise.all(handles.map((handle) => handle.result()))).toEqual(texts)
  })

  it('large binaries are copied: the caller keeps them', async () => {
    await using runtime = new TaskRuntime({ threads: 1 })
    const bytes = new Uint8Array(1_000_000).map((_, index) => index)
    const arrived = await runtime.startNew(everyday.Echo, { bytes }).result()
    expect(Buffer.compare((arrived as { bytes: Uint8Array }).bytes, bytes)).toBe(0)
    expect(bytes.length).toBe(1_000_000)
    expect(bytes[17]).toBe(17)
  })
})

describe('transfer', () => {
  it('moves a buffer to the task and back: the caller’s is detached, the content arrives', async () => {
    await using runtime = new TaskRuntime({ threads: 1 })
    const bytes = new Uint8Array(1_000_000).fill(0x0f)
    const handle = runtime.startNew(everyday.Invert, transfer(bytes))
    expect(bytes.length).toBe(0)
    expect(bytes.buffer.byteLength).toBe(0)
    const back = await handle.result()
    expect(back.length).toBe(1_000_000)
    expect(back.every((byte) => byte === 0xf0)).toBe(true)
  })

  it('leaves the buffer with the caller when the call is refused', async () => {
    await using runtime = new TaskRuntime({ threads: 1 })
    const bytes = new Uint8Array(100)
    expect(() => runtime.startNew(everyday.Echo, [transfer(bytes), () => 1])).toThrow()
    expect(bytes.length).toBe(100)
  })

  it('gives a buffer made on the thread to the caller', async () => {
    await using runtime = new TaskRuntime({ threads: 1 })
    const bytes = await runtime.startNew(everyday.MakeBuffer, { bytes: 3_000_000, fill: 9 }).result()
    expect(bytes.length).toBe(3_000_000)
    expect(bytes.every((byte) => byte === 9)).toBe(true)
  })

  it('refuses shared memory, and a Buffer out of Node’s pool', () => {
    expect(() => transfer(new Uint8Array(new SharedArrayBuffer(8)))).toThrow(/share\(\)/)
    expect(() => transfer(Buffer.from('pooled'))).toThrow(/pooled Buffer/)
  })
})

describe('share', () => {
  it('passes the memory itself', async () => {
    await using runtime = new TaskRuntime({ threads: 1 })
    const words = sharedWords(4)
    await runtime.startNew(everyday.Behave, { words, slot: 3, kind: 'complete', ms: 0 }).completion
    expect([...words]).toEqual([0, 0, 0, 1])
  })

  it('takes no room in the queue', async () => {
    await using runtime = new TaskRuntime({ threads: 1, queue: { bytes: 1_000 } })
    const words = sharedWords(10_000)
    await runtime.startNew(everyday.Behave, { words, slot: 3, kind: 'complete', ms: 0 }).completion
    expect(words[3]).toBe(1)
  })

  it('refuses other memory', () => {
    expect(() => share(new Uint8Array(8))).toThrow(/transfer\(\)/)
  })
})
