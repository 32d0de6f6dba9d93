import { ParameterSerializationError, QueueFullError, RuntimeClosedError, TaskRuntime } from 'offmain'
import { describe, expect, it } from 'vitest'
import { everyday } from './fixtures/everyday.js'
import { nextEvent, SharedGate, sharedWords } from './fixtures/shared-words.js'

function caught(start: () => unknown): unknown {
  try {
    start()
  } catch (error) {
    return error
  }
  return expect.fail('nothing was thrown')
}

describe('parameters that cannot cross', () => {
  class Invoice {
    total = 1
  }
  const cyclic: { self?: unknown } = {}
  cyclic.self = cyclic

  it.each([
    ['a function', { items: [0, 1, 2, { callback: () => 1 }] }, '$.items[3].callback', 'function'],
    ['a class instance', { a: new Invoice() }, '$.a', 'Invoice'],
    ['a symbol', [Symbol('s')], '$[0]', 'symbol'],
    ['a promise', { p: Promise.resolve() }, '$.p', 'romise'],
    ['a cycle', cyclic, '$.self', 'c'],
    ['an Error', new Error('x'), '$', 'Error'],
    ['shared memory that is not marked', { m: new SharedArrayBuffer(8) }, '$.m', 'SharedArrayBuffer'],
  ])('%s are refused at the call, with the path and what was found', async (_, parameters, path, found) => {
    await using runtime = new TaskRuntime({ threads: 1 })
    const error = caught(() => runtime.startNew(everyday.Echo, parameters))
    expect(error).toBeInstanceOf(ParameterSerializationError)
    expect(error).toMatchObject({
      code: 'OFFMAIN_PARAMETER_SERIALIZATION',
      path,
      found: expect.stringContaining(found),
      hint: expect.stringMatching(/\w/),
    })
    expect(runtime.stats()).toMatchObject({ pending: 0, queue: { calls: 0, bytes: 0 } })
  })

  it('are refused when they are larger than maxPayload, or deeper', async () => {
    await using runtime = new TaskRuntime({ threads: 1, maxPayload: { bytes: 1_000, depth: 3 } })
    expect(() => runtime.startNew(everyday.Echo, 'x'.repeat(2_000))).toThrow(ParameterSerializationError)
    expect(() => runtime.startNew(everyday.Echo, new Uint8Array(2_000))).toThrow(ParameterSerializationError)
    expect(() => runtime.startNew(everyday.Echo, [[[[1]]]])).toThrow(ParameterSerializationError)
    expect(await runtime.startNew(everyday.Echo, [[1]]).result()).toEqual([[1]])
  })

  it('are refused in the user as well', async () => {
    await using runtime = new TaskRuntime({ threads: 1 })
    const user = { id: 'u', claims: { check: () => true } }
    expect(() => runtime.startNew(everyday.Nothing, undefined, { user })).toThrow(ParameterSerializationError)
    expect(() => runtime.runAs(user, () => 1)).toThrow(ParameterSerializationError)
    expect(runtime.stats().pending).toBe(0)
  })
})

describe('a full queue', () => {
  it('refuses the next call, tells queueFull, and queueDrained once it is down to half', async () => {
    await using runtime = new TaskRuntime({ threads: { min: 1, max: 1, spare: 0 }, queue: { limit: 4 } })
    using gate = new SharedGate()
    const words = sharedWords(8)
    const full: unknown[] = []
    runtime.on('queueFull', (queue) => full.push(queue))
    const running = runtime.startNew(everyday.Gate, { words: gate.words })
    await gate.reached()
    const start = (slot: number) => runtime.startNew(everyday.Behave, { words, slot, kind: 'complete', ms: 0 })
    const waiting = [start(0), start(1), start(2), start(3)]
    const error = caught(() => start(4))
    expect(error).toBeInstanceOf(QueueFullError)
    expect(error).toMatchObject({ code: 'OFFMAIN_QUEUE_FULL', dimension: 'calls', limit: 4, size: 4 })
    expect(full).toMatchObject([{ calls: 4 }])

    const drained = nextEvent(runtime, 'queueDrained')
    gate.open()
    const [queue] = await drained
    expect(queue.calls).toBeLessThanOrEqual(2)
    await Promise.all([running, ...waiting].map((handle) => handle.completion))
    expect(runtime.stats()).toMatchObject({ pending: 0, settled: { completed: 5 } })
    expect(Atomics.load(words, 4)).toBe(0)
  })

  it('by bytes refuses what does not fit, and takes what does', async () => {
    await using runtime = new TaskRuntime({ threads: 1, queue: { bytes: 10_000 } })
    using gate = new SharedGate()
    runtime.startNew(everyday.Gate, { words: gate.words })
    await gate.reached()
    runtime.startNew(everyday.Echo, 'x'.repeat(8_000))
    expect(caught(() => runtime.startNew(everyday.Echo, 'x'.repeat(8_000)))).toMatchObject({
      code: 'OFFMAIN_QUEUE_FULL',
      dimension: 'bytes',
      limit: 10_000,
    })
    expect(await Promise.all([runtime.startNew(everyday.Echo, 'small'), gate.open()])).toHaveLength(2)
  })

  it('counts large binaries, too, in its bytes', async () => {
    await using runtime = new TaskRuntime({ threads: 1, queue: { bytes: 1_000_000 } })
    using gate = new SharedGate()
    runtime.startNew(everyday.Gate, { words: gate.words })
    await gate.reached()
    runtime.startNew(everyday.Echo, new Uint8Array(600_000))
    expect(runtime.stats().queue.bytes).toBeGreaterThanOrEqual(600_000)
    expect(() => runtime.startNew(everyday.Echo, new Uint8Array(600_000))).toThrow(QueueFullError)
    gate.open()
  })

  it('tells queueDrained, too, when it drains because calls are canceled', async () => {
    await using runtime = new TaskRuntime({ threads: 1, queue: { limit: 2 } })
    using gate = new SharedGate()
    const running = runtime.startNew(everyday.Gate, { words: gate.words })
    await gate.reached()
    const waiting = [runtime.startNew(everyday.Nothing), runtime.startNew(everyday.Nothing)]
    expect(() => runtime.startNew(everyday.Nothing)).toThrow(QueueFullError)
    let drained = 0
    runtime.on('queueDrained', () => drained++)
    for (const handle of waiting) handle.cancel()
    gate.open()
    await running.completion
    await new Promise((resolve) => setImmediate(resolve))
    expect(drained).toBe(1)
  })
})

describe('after close', () => {
  it('a start throws at once and runs nothing', async () => {
    const runtime = new TaskRuntime({ threads: 1 })
    const words = sharedWords(1)
    const closed = runtime.close()
    const start = (): unknown => runtime.startNew(everyday.Behave, { words, slot: 0, kind: 'complete', ms: 0 })
    expect(start).toThrow(RuntimeClosedError)
    await closed
    expect(start).toThrow(RuntimeClosedError)
    expect(caught(start)).toMatchObject({ code: 'OFFMAIN_RUNTIME_CLOSED' })
    expect(Atomics.load(words, 0)).toBe(0)
  })
})
