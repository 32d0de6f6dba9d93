import { InvalidOptionError, RuntimeClosedError, TaskRuntime } from 'offmain'
import { describe, expect, it } from 'vitest'
import { everyday } from './fixtures/everyday.js'
import { faulty } from './fixtures/faulty.js'
import { SharedGate, sharedWords, until } from './fixtures/shared-words.js'

const nothingLeft = { canceled: 0, left: [], stuckThreads: 0 }

describe('close', () => {
  it('of an idle runtime ends its threads and leaves nothing', async () => {
    const runtime = new TaskRuntime({ threads: 2 })
    await runtime.startNew(everyday.Nothing).completion
    expect(await runtime.close()).toEqual(nothingLeft)
    expect(runtime.stats().threads).toMatchObject({ live: 0, busy: 0, starting: 0 })
  })

  it('waits for the calls that run and wait', async () => {
    const runtime = new TaskRuntime({ threads: { min: 1, max: 1, spare: 0 } })
    using gate = new SharedGate()
    const handles = [
      runtime.startNew(everyday.Gate, { words: gate.words }),
      runtime.startNew(everyday.Gate, { words: gate.words }),
      runtime.startNew(everyday.Add, { a: 1, b: 1 }),
    ]
    await gate.reached()
    const closed = runtime.close()
    expect(handles.map(({ status }) => status)).toEqual(['running', 'queued', 'queued'])
    gate.open()
    expect(await closed).toEqual(nothingLeft)
    expect(handles.map(({ status }) => status)).toEqual(['completed', 'completed', 'completed'])
  })

  it('while threads are starting serves what was started before', async () => {
    const runtime = new TaskRuntime({ threads: 2 })
    const handle = runtime.startNew(everyday.Add, { a: 1, b: 1 })
    expect(runtime.stats().threads).toMatchObject({ live: 0, starting: 2 })
    expect(await runtime.close()).toEqual(nothingLeft)
    expect(await handle.result()).toBe(2)
  })

  it('while threads are starting, with nothing to do, settles', async () => {
    const runtime = new TaskRuntime({ threads: 2 })
    const started: number[] = []
    const stopped: number[] = []
    runtime.on('threadStarted', ({ threadId }) => started.push(threadId))
    runtime.on('threadStopped', ({ threadId }) => stopped.push(threadId))
    expect(await runtime.close()).toEqual(nothingLeft)
    await until(() => runtime.stats().threads.starting === 0)
    expect(stopped.toSorted()).toEqual(started.toSorted())
  })

  it('twice gives the same report', async () => {
    const runtime = new TaskRuntime({ threads: 1 })
    runtime.startNew(everyday.Nothing)
    const [first, second] = await Promise.all([runtime.close(), runtime.close({ timeout: 1 })])
    expect(second).toBe(first)
    expect(await runtime.close()).toBe(first)
  })

  it('with a timeout cancels what is left, and reports it', async () => {
    const runtime = new TaskRuntime({ threads: { min: 1, max: 1, spare: 0 } })
    const words = sharedWords(2)
    const loop = runtime.startNew(everyday.Behave, { words, slot: 0, kind: 'loop', ms: 0 })
    const waiting = runtime.startNew(everyday.Behave, { words, slot: 1, kind: 'complete', ms: 0 }, { name: 'waiting' })
    await until(() => Atomics.load(words, 0) === 1)
    const report = await runtime.close({ timeout: 50 })
    expect(report).toMatchObject({ canceled: 2, stuckThreads: 0 })
    expect(report.left.toSorted((a, b) => a.id - b.id)).toEqual([
      { id: loop.id, task: 'Behave', status: 'canceled' },
      { id: waiting.id, task: 'waiting', status: 'canceled' },
    ])
    const outcomes = await Promise.all([loop.completion, waiting.completion])
    expect(outcomes).toMatchObject([
      { status: 'canceled', started: true },
      { status: 'canceled', started: false },
    ])
    for (const outcome of outcomes) {
      expect(outcome.status === 'canceled' && outcome.error.cause).toBeInstanceOf(RuntimeClosedError)
    }
    expect(Atomics.load(words, 1)).toBe(0)
  })

  it('with timeout 0 cancels at once', async () => {
    const runtime = new TaskRuntime({ threads: 1 })
    const handles = [runtime.startNew(faulty.AwaitForEver), runtime.startNew(everyday.Nothing)]
    const report = await runtime.close({ timeout: 0 })
    expect(report.canceled).toBe(report.left.length)
    expect((await Promise.all(handles.map((handle) => handle.completion))).map(({ status }) => status)).toEqual(
      handles.map(({ status }) => status),
    )
    expect(handles[0]?.status).toBe('canceled')
  })

  it('settles while a thread dies meanwhile', async () => {
    const runtime = new TaskRuntime({ threads: 2 })
    const handle = runtime.startNew(faulty.Exits, { code: 1, how: 'timer' })
    expect(await runtime.close()).toEqual(nothingLeft)
    expect(handle.status).toBe('crashed')
  })

  it('is what `await using` does', async () => {
    let runtime: TaskRuntime
    {
      await using inner = new TaskRuntime({ threads: 1 })
      inner.startNew(everyday.Nothing)
      runtime = inner
    }
    expect(runtime.stats()).toMatchObject({ pending: 0, settled: { completed: 1 }, threads: { live: 0 } })
    expect(() => runtime.startNew(everyday.Nothing)).toThrow(RuntimeClosedError)
  })

  it.each([-1, Number.NaN, '5'])('refuses the timeout %s', async (timeout) => {
    await using runtime = new TaskRuntime({ threads: 1 })
    const close = runtime.close.bind(runtime) as (options: unknown) => unknown
    expect(() => close({ timeout })).toThrow(InvalidOptionError)
    expect(() => close({ timeout })).toThrow(/Option timeout is .*; allowed: ms/)
  })
})

describe('two runtimes in one process', () => {
  it('have their own threads, queues and ends', async () => {
    await using first = new TaskRuntime({ threads: 1 })
    const second = new TaskRuntime({ threads: 1 })
    const outcomes = await Promise.all([
      first.startNew(everyday.Add, { a: 1, b: 1 }).completion,
      second.startNew(everyday.Add, { a: 2, b: 2 }).completion,
    ])
    expect(outcomes).toMatchObject([{ value: 2 }, { value: 4 }])
    expect(outcomes[0].threadId).not.toBe(outcomes[1].threadId)
    await second.close()
    expect(await first.startNew(everyday.Add, { a: 3, b: 3 }).result()).toBe(6)
    expect(first.stats().settled.completed).toBe(2)
  })

  it('do not stop each other: one times out while the other goes on', async () => {
    await using first = new TaskRuntime({ threads: 1, timeout: 200 })
    await using second = new TaskRuntime({ threads: 1 })
    using gate = new SharedGate()
    const waits = second.startNew(everyday.Gate, { words: gate.words })
    await gate.reached()
    expect(await first.startNew(faulty.ForLoop).completion).toMatchObject({ status: 'timed-out' })
    expect(waits.status).toBe('running')
    gate.open()
    expect(await waits.completion).toMatchObject({ status: 'completed' })
  })
})
