import { type CallEvent, InvalidTaskReferenceError, TaskRuntime, taskModule } from 'offmain'
import { describe, expect, it } from 'vitest'
import { everyday } from './fixtures/everyday.js'
import { faulty } from './fixtures/faulty.js'
import { SharedGate } from './fixtures/shared-words.js'

describe('a call', () => {
  it('comes back completed, with its value, its thread and its timing', async () => {
    await using runtime = new TaskRuntime({ threads: 1 })
    const handle = runtime.startNew(everyday.Add, { a: 2, b: 3 })
    expect(handle).toMatchObject({ task: 'Add', status: 'queued' })
    const outcome = await handle.completion
    expect(outcome).toMatchObject({ id: handle.id, task: 'Add', status: 'completed', value: 5, started: true })
    expect(outcome.threadId).toBeGreaterThan(0)
    const { queued, connecting, running, total } = outcome.timing
    expect(Math.min(queued, connecting, running)).toBeGreaterThanOrEqual(0)
    expect(queued + connecting + running).toBeCloseTo(total, 3)
    expect(handle.status).toBe('completed')
    expect(await handle.result()).toBe(5)
    expect(await handle.completion).toBe(outcome)
  })

  it('shows itself running while it runs, read from shared memory', async () => {
    await using runtime = new TaskRuntime({ threads: 1 })
    using gate = new SharedGate()
    const running = runtime.startNew(everyday.Gate, { words: gate.words })
    const waiting = runtime.startNew(everyday.Nothing)
    await gate.reached()
    expect([running.status, waiting.status]).toEqual(['running', 'queued'])
    gate.open()
    await Promise.all([running.completion, waiting.completion])
    expect([running.status, waiting.status]).toEqual(['completed', 'completed'])
  })

  it('counts waiting, loading and running apart', async () => {
    await using runtime = new TaskRuntime({ threads: 1 })
    using gate = new SharedGate()
    const first = runtime.startNew(everyday.Gate, { words: gate.words })
    await gate.reached()
    const second = runtime.startNew(everyday.Spin, { ms: 30, label: '' })
    const opened = performance.now()
    while (performance.now() < opened + 30);
    gate.open()
    const { timing } = await second.completion
    expect(timing.queued).toBeGreaterThanOrEqual(29)
    expect(timing.running).toBeGreaterThanOrEqual(29)
    expect((await first.completion).timing.running).toBeGreaterThanOrEqual(29)
  })

  it('gets an instance of its own; module state belongs to the thread', async () => {
    await using runtime = new TaskRuntime({ threads: 1 })
    expect(await runtime.startNew(everyday.Instances).result()).toEqual({ instances: 1, runs: 1 })
    expect(await runtime.startNew(everyday.Instances).result()).toEqual({ instances: 2, runs: 1 })
  })

  it('sees its own id, its user and its parameters as they were at the call', async () => {
    await using runtime = new TaskRuntime({ threads: 1 })
    const parameters = { list: [1, 2] }
    const user = { id: 'u-17', claims: { admin: true } }
    const handle = runtime.startNew(everyday.WhatItSees, parameters, { user })
    parameters.list.push(3)
    user.claims.admin = false
    expect(await handle.result()).toEqual({
      parameters: { list: [1, 2] },
      taskId: handle.id,
      user: { id: 'u-17', claims: { admin: true } },
      aborted: false,
    })
  })

  it('goes by its own name where it has one', async () => {
    await using runtime = new TaskRuntime({ threads: 1 })
    const events: CallEvent[] = []
    runtime.on('taskQueued', (call) => events.push(call))
    const handle = runtime.startNew(faulty.Throws, { what: 'error', later: false }, { name: 'nightly report' })
    const outcome = await handle.completion
    expect([handle.task, outcome.task, events[0]?.task]).toEqual(Array(3).fill('nightly report'))
    await expect(handle.result()).rejects.toThrow('nightly report')
  })

  it('never causes an unhandled rejection when nobody looks at its handle', async () => {
    await using runtime = new TaskRuntime({ threads: 1 })
    const unhandled: unknown[] = []
    const hear = (reason: unknown): void => {
      unhandled.push(reason)
    }
    process.on('unhandledRejection', hear)
    try {
      const settled = new Promise((resolve) => runtime.on('taskSettled', resolve))
      runtime.startNew(faulty.Throws, { what: 'error', later: true })
      await settled
      const canceled = runtime.startNew(everyday.Nothing)
      void canceled.completion
      canceled.cancel()
      await new Promise((resolve) => setImmediate(resolve))
      expect(unhandled).toEqual([])
    } finally {
      process.off('unhandledRejection', hear)
    }
  })

  it.each([
    ['undefined', undefined],
    ['a class', class Local {}],
    ['an object of another kind', { url: 'file:///x.js' }],
    ['null', null],
  ])('is refused when its task is %s', async (_, given) => {
    await using runtime = new TaskRuntime({ threads: 1 })
    const start = runtime.startNew.bind(runtime) as (task: unknown) => unknown
    expect(() => start(given)).toThrow(InvalidTaskReferenceError)
    expect(() => start(given)).toThrow(/Expected a task reference, got .*taskModule/)
    expect(runtime.stats().pending).toBe(0)
  })

  it('decodes its value once, and only when it is asked for', async () => {
    await using runtime = new TaskRuntime({ threads: 1 })
    const outcome = await runtime.startNew(everyday.Echo, { a: [1] }).completion
    if (outcome.status !== 'completed') expect.fail(outcome.status)
    expect(outcome.value).toBe(outcome.value)
    expect(JSON.parse(JSON.stringify(outcome))).toMatchObject({ status: 'completed', value: { a: [1] } })
  })
})

describe('a task reference', () => {
  it('is made without loading the module', () => {
    const tasks = taskModule<{ Never: new () => { run(): void } }>(
      new URL('./fixtures/throwing.tasks.mjs', import.meta.url),
    )
    expect(tasks.Never).toEqual({ url: expect.stringMatching(/^file:.*throwing\.tasks\.mjs$/), exportName: 'Never' })
    expect(tasks.Never).toBe(tasks.Never)
  })

  it('can be passed through await without being taken for a promise', async () => {
    expect(await everyday).toBe(everyday)
  })

  it.each(['./relative.js', 'relative.js', 'http://example.org/x.js', ''])(
    'is not made of %j, and the message says what is allowed',
    (url) => {
      expect(() => taskModule(url)).toThrow(/Option url is ".*"; allowed: a file: URL/)
    },
  )

  it('may name a data: URL', async () => {
    await using runtime = new TaskRuntime({ threads: 1 })
    const source = 'export class Twice { run(n) { return n * 2 } }'
    const tasks = taskModule<{ Twice: new () => { run(n: number): number } }>(
      `data:text/javascript,${encodeURIComponent(source)}`,
    )
    expect(await runtime.startNew(tasks.Twice, 21).result()).toBe(42)
  })
})
