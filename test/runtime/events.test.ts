import { TaskRuntime } from 'offmain'
import { describe, expect, it } from 'vitest'
import { acting, ada } from './fixtures/acting.js'
import { everyday } from './fixtures/everyday.js'
import { faulty } from './fixtures/faulty.js'
import { nextEvent, SharedGate, sharedWords, until } from './fixtures/shared-words.js'

describe('events', () => {
  it('tell of a call in order: queued, started, settled', async () => {
    await using runtime = new TaskRuntime({ threads: 1 })
    const told: unknown[] = []
    runtime.on('taskQueued', (call) => told.push(['queued', call.id, call.task, call.user?.id, call.threadId]))
    runtime.on('taskStarted', (call) => told.push(['started', call.id, call.task, call.user?.id, call.threadId]))
    runtime.on('taskSettled', (outcome) => told.push(['settled', outcome.id, outcome.status]))
    const handle = runtime.startNewWithUserConnection(acting.Act, undefined, { user: ada })
    const { id, threadId } = await handle.completion
    expect(told).toEqual([
      ['queued', id, 'Act', 'ada', undefined],
      ['started', id, 'Act', 'ada', threadId],
      ['settled', id, 'completed'],
    ])
  })

  it('tell of a long call that it has started while it runs', async () => {
    await using runtime = new TaskRuntime({ threads: 1 })
    using gate = new SharedGate()
    const started = nextEvent(runtime, 'taskStarted')
    const handle = runtime.startNew(everyday.Gate, { words: gate.words })
    const [call] = await started
    expect(call).toMatchObject({ id: handle.id, threadId: expect.any(Number) })
    expect(handle.status).toBe('running')
  })

  it('tell of no start of a call that never started', async () => {
    await using runtime = new TaskRuntime({ threads: 1 })
    const started: number[] = []
    runtime.on('taskStarted', ({ id }) => started.push(id))
    const handle = runtime.startNew(everyday.Nothing)
    handle.cancel()
    await handle.completion
    await runtime.startNew(everyday.Nothing).completion
    expect(started).toEqual([handle.id + 1])
  })

  it.each(['taskQueued', 'taskStarted', 'taskSettled', 'threadStarted', 'threadStopped'] as const)(
    'a listener of %s that throws breaks nothing, and the others hear all the same',
    async (name) => {
      const warnings: string[] = []
      const hear = (warning: Error): void => {
        if (warning.message.includes(`listener of '${name}'`)) warnings.push(warning.message)
      }
      process.on('warning', hear)
      try {
        let heard = 0
        {
          await using runtime = new TaskRuntime({ threads: { min: 1, max: 1, spare: 0 } })
          runtime.on(name, () => {
            throw new Error('a listener fails')
          })
          runtime.on(name, () => heard++)
          expect(await runtime.startNew(everyday.Add, { a: 1, b: 1 }).result()).toBe(2)
        }
        expect(heard).toBe(1)
        await until(() => warnings.length > 0)
        expect(warnings[0]).toContain('a listener fails')
      } finally {
        process.off('warning', hear)
      }
    },
  )

  it('a listener that rejects breaks nothing', async () => {
    await using runtime = new TaskRuntime({ threads: 1 })
    const warned = new Promise<Error>((resolve) => process.once('warning', resolve))
    runtime.on('taskSettled', async () => {
      throw new Error('a listener rejects')
    })
    expect(await runtime.startNew(everyday.Add, { a: 1, b: 1 }).result()).toBe(2)
    expect((await warned).message).toContain('a listener rejects')
  })

  it('a listener that was taken off hears nothing', async () => {
    await using runtime = new TaskRuntime({ threads: 1 })
    let heard = 0
    const hear = (): void => {
      heard++
    }
    runtime.on('taskSettled', hear).off('taskSettled', hear)
    await runtime.startNew(everyday.Nothing).completion
    expect(heard).toBe(0)
  })

  it('a listener may start a call', async () => {
    await using runtime = new TaskRuntime({ threads: 1 })
    const second = new Promise<unknown>((resolve) => {
      const hear = (): void => {
        runtime.off('taskSettled', hear)
        resolve(runtime.startNew(everyday.Add, { a: 20, b: 1 }).result())
      }
      runtime.on('taskSettled', hear)
    })
    await runtime.startNew(everyday.Nothing).completion
    expect(await second).toBe(21)
  })
})

describe('a failure that surfaces after its call has settled', () => {
  it.each(['rejection', 'exception'] as const)(
    'as %s is told with the task it came from, and fails no other call',
    async (how) => {
      await using runtime = new TaskRuntime({ threads: { min: 1, max: 1, spare: 0 } })
      using gate = new SharedGate()
      const words = sharedWords(1)
      const late = nextEvent(runtime, 'lateFailure')
      const culprit = runtime.startNew(faulty.FailsLate, { words, how }, { name: 'culprit' })
      expect(await culprit.result()).toBe('done')
      const innocent = runtime.startNew(everyday.AsyncGate, { words: gate.words })
      await gate.reached()
      Atomics.store(words, 0, 1)
      Atomics.notify(words, 0)
      const [failure] = await late
      expect(failure).toMatchObject({ id: culprit.id, error: { message: 'too late' } })
      gate.open()
      expect(await innocent.completion).toMatchObject({ value: 'through the gate', threadId: failure.threadId })
      expect(await runtime.startNew(everyday.Add, { a: 1, b: 1 }).result()).toBe(2)
      expect(runtime.stats().settled).toEqual({ completed: 3, failed: 0, 'timed-out': 0, canceled: 0, crashed: 0 })
    },
  )
})

describe('stats and snapshot', () => {
  it('show what runs, what waits and for whom', async () => {
    await using runtime = new TaskRuntime({ threads: { min: 1, max: 1, spare: 0 } })
    using gate = new SharedGate()
    const running = runtime.startNew(everyday.Gate, { words: gate.words }, { user: ada })
    await gate.reached()
    const waiting = runtime.startNew(everyday.Echo, 'x'.repeat(100), { priority: 3, name: 'waits' })
    expect(runtime.snapshot()).toEqual({
      running: [
        { id: running.id, task: 'Gate', status: 'running', user: ada, priority: 0, threadId: expect.any(Number) },
      ],
      queued: [{ id: waiting.id, task: 'waits', status: 'queued', user: undefined, priority: 3, threadId: undefined }],
      stuck: [],
    })
    expect(runtime.stats()).toMatchObject({
      pending: 2,
      queue: { calls: 1 },
      threads: { min: 1, max: 1, live: 1, busy: 1, starting: 0 },
      stuckThreads: 0,
    })
    expect(runtime.stats().queue.bytes).toBeGreaterThan(100)
    gate.open()
    await Promise.all([running.completion, waiting.completion])
    expect(runtime.snapshot()).toEqual({ running: [], queued: [], stuck: [] })
    expect(runtime.stats()).toMatchObject({ pending: 0, queue: { calls: 0, bytes: 0 }, settled: { completed: 2 } })
  })

  it('measure how long calls waited and ran, and how well the threads are used', async () => {
    await using runtime = new TaskRuntime({ threads: { min: 1, max: 1, spare: 0 } })
    const handles = [0, 1, 2].map(() => runtime.startNew(everyday.Spin, { ms: 20, label: '' }))
    await Promise.all(handles.map((handle) => handle.completion))
    const { wait, run, utilization } = runtime.stats()
    expect(run.p50).toBeGreaterThanOrEqual(19)
    expect(wait.max).toBeGreaterThanOrEqual(39)
    expect(wait.p50).toBeLessThanOrEqual(wait.p99)
    expect(utilization).toBeGreaterThan(0)
    expect(utilization).toBeLessThanOrEqual(1)
  })

  it('higher priorities start first, and users take turns', async () => {
    await using runtime = new TaskRuntime({ threads: { min: 1, max: 1, spare: 0 } })
    using gate = new SharedGate()
    runtime.startNew(everyday.Gate, { words: gate.words })
    await gate.reached()
    const order: string[] = []
    const start = (name: string, id: string, priority: number) => {
      const handle = runtime.startNew(everyday.Spin, { ms: 0, label: '' }, { name, user: { id }, priority })
      return handle.completion.then(() => order.push(name))
    }
    const all = [start('a1', 'ada', 0), start('a2', 'ada', 0), start('b1', 'bob', 0), start('urgent', 'ada', 1)]
    gate.open()
    await Promise.all(all)
    expect(order).toEqual(['urgent', 'a1', 'b1', 'a2'])
  })
})
