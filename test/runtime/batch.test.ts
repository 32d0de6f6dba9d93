import { TaskRuntime } from 'offmain'
import { describe, expect, it } from 'vitest'
import { everyday } from './fixtures/everyday.js'
import { progressing } from './fixtures/progressing.js'
import { block, blockUntil, proveShort, SharedGate, sharedWords, until } from './fixtures/shared-words.js'

const one = { min: 1, max: 1, spare: 0 }
const two = { min: 2, max: 2, spare: 0 }

describe('calls proven short', () => {
  it('share batches, and each has its own outcome', async () => {
    await using runtime = new TaskRuntime({ threads: one })
    for (let round = 0; round < 5; round++) await runtime.startNew(everyday.Add, { a: 1, b: 1 }).completion
    const handles = Array.from({ length: 1_000 }, (_, a) => runtime.startNew(everyday.Add, { a, b: 1 }))
    expect(await Promise.all(handles.map((handle) => handle.result()))).toEqual(
      Array.from({ length: 1_000 }, (_, a) => a + 1),
    )
    expect(runtime.stats().meanBatchSize).toBeGreaterThan(5)
  })
})

describe('the rest of a batch', () => {
  /** The calls of `Behave` and `Sum` are short so far. */
  async function prove(runtime: TaskRuntime): Promise<void> {
    const words = sharedWords(2)
    for (let round = 0; round < 20; round++) {
      await runtime.startNew(everyday.Behave, { words, slot: 0, kind: 'complete', ms: 0 }).completion
      await runtime.startNew(everyday.Sum, { bytes: new Uint8Array(1), words, wait: false }).completion
      await runtime.startNew(everyday.LargeThenExit, { bytes: 0, exit: false, spinMs: 0 }).completion
    }
  }

  it('does not wait for an endless loop: it runs elsewhere, long before the limit, each call once', async () => {
    await using runtime = new TaskRuntime({ threads: two, timeout: 2_000 })
    await prove(runtime)
    const words = sharedWords(12)
    const start = (slot: number, kind: 'complete' | 'loop') =>
      runtime.startNew(everyday.Behave, { words, slot, kind, ms: 0 })
    const loop = start(0, 'loop')
    const others = Array.from({ length: 10 }, (_, index) => start(index + 1, 'complete'))
    const outcomes = await Promise.all(others.map((handle) => handle.completion))
    expect(loop.status).toBe('running')
    expect(outcomes.map(({ status }) => status)).toEqual(Array(10).fill('completed'))
    expect(await loop.completion).toMatchObject({ status: 'timed-out', started: true })
    expect([...words]).toEqual([...Array(11).fill(1), 0])
  })

  it('goes to another thread when its own exits, each call once', async () => {
    await using runtime = new TaskRuntime({ threads: one })
    await prove(runtime)
    const words = sharedWords(7)
    const start = (slot: number, kind: 'complete' | 'exit') =>
      runtime.startNew(everyday.Behave, { words, slot, kind, ms: 0 })
    const handles = [0, 1, 2, 3, 4, 5, 6].map((slot) => start(slot, slot === 3 ? 'exit' : 'complete'))
    const outcomes = await Promise.all(handles.map((handle) => handle.completion))
    expect(outcomes.map(({ status }) => status)).toEqual([
      ...Array(3).fill('completed'),
      'crashed',
      ...Array(3).fill('completed'),
    ])
    expect([...words]).toEqual(Array(7).fill(1))
    expect(outcomes[6]?.threadId).not.toBe(outcomes[3]?.threadId)
  })

  it('takes its large binaries along when it moves to another thread', async () => {
    await using runtime = new TaskRuntime({ threads: two })
    await prove(runtime)
    using gate = new SharedGate()
    const bytes = (): Uint8Array => new Uint8Array(100_000).fill(1)
    const stays = runtime.startNew(everyday.Sum, { bytes: bytes(), words: gate.words, wait: true })
    const moves = Array.from({ length: 6 }, () =>
      runtime.startNew(everyday.Sum, { bytes: bytes(), words: gate.words, wait: false }),
    )
    expect(await Promise.all(moves.map((handle) => handle.result()))).toEqual(Array(6).fill(100_000))
    expect(stays.status).toBe('running')
    gate.open()
    expect(await stays.result()).toBe(100_000)
  })

  it('takes its large binaries along when its thread dies', async () => {
    await using runtime = new TaskRuntime({ threads: one })
    await prove(runtime)
    const words = sharedWords(2)
    const exits = runtime.startNew(everyday.Behave, { words, slot: 0, kind: 'exit', ms: 0 })
    const moves = Array.from({ length: 4 }, () =>
      runtime.startNew(everyday.Sum, { bytes: new Uint8Array(100_000).fill(1), words, wait: false }),
    )
    expect(await Promise.all(moves.map((handle) => handle.result()))).toEqual(Array(4).fill(100_000))
    expect(await exits.completion).toMatchObject({ status: 'crashed' })
  })

  it('is not needed for what came before: a result too large for the outbox survives the death of its thread', async () => {
    await using runtime = new TaskRuntime({ threads: one })
    await prove(runtime)
    const large = runtime.startNew(everyday.LargeThenExit, { bytes: 200_000, exit: false, spinMs: 0 })
    const dies = runtime.startNew(everyday.LargeThenExit, { bytes: 0, exit: true, spinMs: 0 })
    expect(await dies.completion).toMatchObject({ status: 'crashed' })
    expect(await large.result()).toHaveLength(200_000)
  })

  it('keeps the order of its user', async () => {
    await using runtime = new TaskRuntime({ threads: one })
    await prove(runtime)
    const words = sharedWords(6)
    const settled: number[] = []
    const start = (slot: number, kind: 'complete' | 'exit') => {
      const handle = runtime.startNew(everyday.Behave, { words, slot, kind, ms: 0 })
      void handle.completion.then(() => settled.push(slot))
      return handle.completion
    }
    await Promise.all([start(0, 'exit'), ...[1, 2, 3, 4, 5].map((slot) => start(slot, 'complete'))])
    expect(settled).toEqual([0, 1, 2, 3, 4, 5])
  })

  it('is told of as settled while the long call still runs', async () => {
    await using runtime = new TaskRuntime({ threads: one })
    await prove(runtime)
    using gate = new SharedGate()
    const words = sharedWords(2)
    const before = runtime.startNew(everyday.Sum, { bytes: new Uint8Array(3).fill(1), words, wait: false })
    const long = runtime.startNew(everyday.Sum, { bytes: new Uint8Array(1), words: gate.words, wait: true })
    runtime.startNew(everyday.Sum, { bytes: new Uint8Array(1), words, wait: false })
    expect(await before.result()).toBe(3)
    await gate.reached()
    expect(long.status).toBe('running')
  })

  it('does not lose the last progress value when the main thread was blocked meanwhile', async () => {
    await using runtime = new TaskRuntime({ threads: one })
    const words = sharedWords(1)
    await proveShort(() => runtime.startNew(progressing.Report, { values: [], words, spinMs: 0 }))
    // The lane has closed, which would need the main thread.
    await new Promise((resolve) => setImmediate(resolve))
    await until(() => runtime.stats().threads.busy === 0)
    // From a phase of the event loop that is followed by its timers.
    await new Promise((resolve) => setImmediate(resolve))
    const heard: unknown[] = []
    const first = runtime.startNew(progressing.Report, { values: [1], words, spinMs: 0 })
    first.onProgress((value) => heard.push(value))
    const second = runtime.startNew(progressing.Report, { values: [], words, spinMs: 200 })
    const third = runtime.startNew(progressing.Report, { values: [], words, spinMs: 0 })
    const before = Atomics.load(words, 0)
    // The scheduler sends in a microtask.
    await Promise.resolve()
    blockUntil(() => Atomics.load(words, 0) >= before + 2)
    block(30)
    await first.completion
    await Promise.all([second.completion, third.completion])
    expect(heard).toEqual([1])
  })
})

describe('a batch', () => {
  it('is not waited for: a single call starts at once', async () => {
    await using runtime = new TaskRuntime({ threads: one })
    const words = sharedWords(1)
    for (let round = 0; round < 20; round++) {
      await runtime.startNew(everyday.Behave, { words, slot: 0, kind: 'complete', ms: 0 }).completion
    }
    runtime.startNew(everyday.Behave, { words, slot: 0, kind: 'complete', ms: 0 })
    await until(() => Atomics.load(words, 0) === 21)
  })
})
