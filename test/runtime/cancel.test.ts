import { TaskCanceledError, TaskRuntime } from 'offmain'
import { describe, expect, it } from 'vitest'
import { everyday } from './fixtures/everyday.js'
import { faulty } from './fixtures/faulty.js'
import { block, blockUntil, SharedGate, sharedWords, until } from './fixtures/shared-words.js'

describe('cancel', () => {
  it('before the call starts: it leaves the queue and never runs', async () => {
    await using runtime = new TaskRuntime({ threads: 1 })
    using gate = new SharedGate()
    const words = sharedWords(1)
    const running = runtime.startNew(everyday.Gate, { words: gate.words })
    await gate.reached()
    const handle = runtime.startNew(everyday.Behave, { words, slot: 0, kind: 'complete', ms: 0 })
    expect(handle.cancel('changed my mind')).toBe(true)
    const outcome = await handle.completion
    expect(outcome).toMatchObject({ status: 'canceled', started: false, threadId: undefined })
    if (outcome.status !== 'canceled') expect.fail(outcome.status)
    expect(outcome.error).toBeInstanceOf(TaskCanceledError)
    expect(outcome.error).toMatchObject({
      code: 'OFFMAIN_TASK_CANCELED',
      cause: 'changed my mind',
      stoppedBy: undefined,
    })
    expect(runtime.stats().queue.calls).toBe(0)
    gate.open()
    await running.completion
    await runtime.startNew(everyday.Nothing).completion
    expect(Atomics.load(words, 0)).toBe(0)
  })

  it('in the same tick as the start: it never runs', async () => {
    await using runtime = new TaskRuntime({ threads: 1 })
    const words = sharedWords(1)
    const handle = runtime.startNew(everyday.Behave, { words, slot: 0, kind: 'complete', ms: 0 })
    handle.cancel()
    expect(handle.status).toBe('canceled')
    expect(await handle.completion).toMatchObject({ status: 'canceled', started: false })
    await runtime.startNew(everyday.Nothing).completion
    expect(Atomics.load(words, 0)).toBe(0)
  })

  it('while it runs in an endless loop: it is stopped, and the outcome names the line', async () => {
    await using runtime = new TaskRuntime({ threads: 1 })
    const words = sharedWords(1)
    const handle = runtime.startNew(everyday.Behave, { words, slot: 0, kind: 'loop', ms: 0 })
    await until(() => Atomics.load(words, 0) === 1)
    expect(handle.cancel(new Error('enough'))).toBe(true)
    expect(handle.cancel()).toBe(false)
    const outcome = await handle.completion
    if (outcome.status !== 'canceled') expect.fail(outcome.status)
    expect(outcome).toMatchObject({ started: true, error: { stoppedBy: 'interrupt', cause: { message: 'enough' } } })
    expect(outcome.error.stuckAt?.[0]).toMatchObject({ url: expect.stringMatching(/everyday\.tasks\.mjs$/) })
    expect(await runtime.startNew(everyday.Add, { a: 1, b: 1 }).result()).toBe(2)
  })

  it('while it awaits: it is stopped', async () => {
    await using runtime = new TaskRuntime({ threads: 1 })
    const words = sharedWords(1)
    const handle = runtime.startNew(everyday.Behave, { words, slot: 0, kind: 'await and tell', ms: 1e8 })
    await until(() => Atomics.load(words, 0) === 2)
    handle.cancel()
    expect(await handle.completion).toMatchObject({ status: 'canceled', started: true, error: { stuckAt: undefined } })
    expect(await runtime.startNew(everyday.Add, { a: 1, b: 1 }).result()).toBe(2)
  })

  it.each(['GivesWay', 'GivesWayInLoop'] as const)(
    'while it listens to its signal (%s): it gives way, and its thread lives',
    async (name) => {
      await using runtime = new TaskRuntime({ threads: { min: 1, max: 1, spare: 0 }, grace: 30_000 })
      const words = sharedWords(2)
      const handle = runtime.startNew(faulty[name], { words })
      await until(() => Atomics.load(words, 0) === 1)
      handle.cancel('enough')
      const outcome = await handle.completion
      expect(outcome).toMatchObject({
        status: 'canceled',
        started: true,
        error: { stoppedBy: 'signal', cause: 'enough' },
      })
      const next = await runtime.startNew(everyday.Add, { a: 1, b: 1 }).completion
      expect(next).toMatchObject({ status: 'completed', threadId: outcome.threadId })
    },
  )

  it('after it has settled: nothing changes', async () => {
    await using runtime = new TaskRuntime({ threads: 1 })
    const handle = runtime.startNew(everyday.Add, { a: 1, b: 1 })
    const outcome = await handle.completion
    expect(handle.cancel()).toBe(false)
    expect(await handle.completion).toBe(outcome)
    expect(runtime.stats().settled).toMatchObject({ completed: 1, canceled: 0 })
  })

  it('of a call that has ended unseen, since the main thread was busy: it stays completed', async () => {
    await using runtime = new TaskRuntime({ threads: 1 })
    await runtime.startNew(everyday.Nothing).completion
    // The lane has closed, which would need the main thread.
    await new Promise((resolve) => setImmediate(resolve))
    await until(() => runtime.stats().threads.busy === 0)
    const words = sharedWords(1)
    const handle = runtime.startNew(everyday.Behave, { words, slot: 0, kind: 'complete', ms: 0 })
    // The scheduler sends in a microtask. From then on the main thread takes in no message.
    await Promise.resolve()
    blockUntil(() => Atomics.load(words, 0) === 1)
    // The report is written soon after the task has returned.
    block(100)
    expect(handle.cancel()).toBe(false)
    expect(await handle.completion).toMatchObject({ status: 'completed', value: 0 })
  })

  it('of all others from within a taskSettled listener: none of them runs', async () => {
    await using runtime = new TaskRuntime({ threads: { min: 1, max: 1, spare: 0 } })
    const words = sharedWords(8)
    const start = (slot: number, kind: 'complete' | 'spin', ms: number) =>
      runtime.startNew(everyday.Behave, { words, slot, kind, ms })
    // Proven short, so that the calls below share a batch.
    for (let round = 0; round < 20; round++) await start(7, 'complete', 0).completion

    const first = start(0, 'complete', 0)
    const long = start(1, 'spin', 100)
    const others = [2, 3, 4, 5].map((slot) => start(slot, 'complete', 0))
    runtime.on('taskSettled', ({ id }) => {
      if (id === first.id) for (const handle of others) handle.cancel()
    })
    const outcomes = await Promise.all([first, long, ...others].map((handle) => handle.completion))
    await runtime.startNew(everyday.Nothing).completion
    for (const [index, outcome] of outcomes.entries()) {
      expect({ index, status: outcome.status, starts: Atomics.load(words, index) }).toEqual(
        outcome.started ? { index, status: 'completed', starts: 1 } : { index, status: 'canceled', starts: 0 },
      )
    }
    expect(runtime.stats()).toMatchObject({ pending: 0, queue: { calls: 0, bytes: 0 } })
  })
})

describe('an AbortSignal', () => {
  it('cancels its call with its reason', async () => {
    await using runtime = new TaskRuntime({ threads: 1 })
    using gate = new SharedGate()
    const controller = new AbortController()
    const handle = runtime.startNew(everyday.Gate, { words: gate.words }, { signal: controller.signal })
    await gate.reached()
    controller.abort('the client is gone')
    expect(await handle.completion).toMatchObject({ status: 'canceled', error: { cause: 'the client is gone' } })
  })

  it('aborted before the start keeps the call from running', async () => {
    await using runtime = new TaskRuntime({ threads: 1 })
    const words = sharedWords(1)
    const signal = AbortSignal.abort('too late')
    const handle = runtime.startNew(everyday.Behave, { words, slot: 0, kind: 'complete', ms: 0 }, { signal })
    expect(await handle.completion).toMatchObject({ status: 'canceled', started: false, error: { cause: 'too late' } })
    await runtime.startNew(everyday.Nothing).completion
    expect(Atomics.load(words, 0)).toBe(0)
  })

  it('is left without listeners once its calls have settled', async () => {
    await using runtime = new TaskRuntime({ threads: 1 })
    let listening = 0
    class CountingSignal extends EventTarget {
      override addEventListener(...args: Parameters<EventTarget['addEventListener']>): void {
        listening++
        super.addEventListener(...args)
      }
      override removeEventListener(...args: Parameters<EventTarget['removeEventListener']>): void {
        listening--
        super.removeEventListener(...args)
      }
    }
    const { signal } = new AbortController()
    const counting = new CountingSignal()
    Object.defineProperties(signal, {
      addEventListener: { value: counting.addEventListener.bind(counting) },
      removeEventListener: { value: counting.removeEventListener.bind(counting) },
    })
    const handles = [
      runtime.startNew(everyday.Nothing, undefined, { signal }),
      runtime.startNew(faulty.Throws, { what: 'error', later: false }, { signal }),
    ]
    expect(listening).toBeGreaterThan(0)
    await Promise.all(handles.map((handle) => handle.completion))
    expect(listening).toBe(0)
  })
})
