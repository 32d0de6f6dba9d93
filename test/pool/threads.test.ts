import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { InvalidOptionError, TaskCrashedError, TaskRuntime } from 'offmain'
import { describe, expect, it } from 'vitest'
import { everyday } from '../runtime/fixtures/everyday.js'
import { nextEvent, SharedGate, sharedWords, until } from '../runtime/fixtures/shared-words.js'

describe('threads', () => {
  it('of the minimum start at once, more as calls wait, never more than the maximum', async () => {
    await using runtime = new TaskRuntime({ threads: { min: 1, max: 3, spare: 0 } })
    using gate = new SharedGate()
    let started = 0
    runtime.on('threadStarted', ({ startup }) => {
      started++
      expect(startup).toBeGreaterThan(0)
    })
    expect(runtime.stats().threads).toMatchObject({ min: 1, max: 3, live: 0, starting: 1 })
    const handles = Array.from({ length: 5 }, () => runtime.startNew(everyday.Gate, { words: gate.words }))
    await gate.reached(3)
    expect(runtime.stats()).toMatchObject({ threads: { live: 3, busy: 3, starting: 0 }, queue: { calls: 2 } })
    gate.open()
    const outcomes = await Promise.all(handles.map((handle) => handle.completion))
    expect(new Set(outcomes.map(({ threadId }) => threadId)).size).toBe(3)
    expect(started).toBe(3)
  })

  it('run calls at the same time', async () => {
    await using runtime = new TaskRuntime({ threads: { min: 2, max: 2, spare: 0 } })
    using gate = new SharedGate()
    const handles = [0, 1].map(() => runtime.startNew(everyday.Gate, { words: gate.words }))
    await gate.reached(2)
    expect(handles.map(({ status }) => status)).toEqual(['running', 'running'])
  })

  it('tell of their end, with the exit code and the reason', async () => {
    await using runtime = new TaskRuntime({ threads: { min: 1, max: 1, spare: 0 } })
    const stopped = nextEvent(runtime, 'threadStopped')
    const words = sharedWords(1)
    const handle = runtime.startNew(everyday.Behave, { words, slot: 0, kind: 'exit', ms: 0 })
    const { threadId } = await handle.completion
    const [thread] = await stopped
    expect(thread).toEqual({ threadId, exitCode: 3, reason: expect.stringMatching(/\w/) })
  })

  it('get the environment and the options of `thread`', async () => {
    await using runtime = new TaskRuntime({ threads: 1, thread: { env: { ONLY: 'this' } } })
    const source = 'export class Environment { run() { return process.env.ONLY + Object.keys(process.env).length } }'
    const { taskModule } = await import('offmain')
    const tasks = taskModule<{ Environment: new () => { run(): string } }>(
      `data:text/javascript,${encodeURIComponent(source)}`,
    )
    expect(await runtime.startNew(tasks.Environment).result()).toBe('this1')
  })

  it('are replaced after recycleAfter calls, and no call is lost', async () => {
    await using runtime = new TaskRuntime({ threads: { min: 1, max: 1, spare: 0 }, thread: { recycleAfter: 4 } })
    const handles = Array.from({ length: 20 }, (_, a) => runtime.startNew(everyday.Add, { a, b: 0 }))
    const outcomes = await Promise.all(handles.map((handle) => handle.completion))
    expect(outcomes.map((outcome) => outcome.status === 'completed' && outcome.value)).toEqual([...Array(20).keys()])
    const calls = new Map<number | undefined, number>()
    for (const { threadId } of outcomes) calls.set(threadId, (calls.get(threadId) ?? 0) + 1)
    expect([...calls.values()]).toEqual([4, 4, 4, 4, 4])
  })

  it('that cannot start are told of, and waiting calls crash instead of waiting without end', async () => {
    const execArgv = ['--import', 'data:text/javascript,throw new Error("not to be started")']
    await using runtime = new TaskRuntime({ threads: 1, thread: { execArgv } })
    const failed = nextEvent(runtime, 'threadStartFailed')
    const handle = runtime.startNew(everyday.Nothing)
    const [{ error, retryIn }] = await failed
    expect(error.message).toContain('not to be started')
    expect(retryIn).toBeGreaterThan(0)
    const outcome = await handle.completion
    if (outcome.status !== 'crashed') expect.fail(outcome.status)
    expect(outcome.error).toBeInstanceOf(TaskCrashedError)
    expect(outcome).toMatchObject({ started: false, threadId: undefined })
  })
})

describe('threads that could not start for a while', () => {
  it('are all there again once they can: the minimum is reached', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'offmain-threads-'))
    const preload = join(folder, 'preload.cjs')
    try {
      await using runtime = new TaskRuntime({
        threads: { min: 3, max: 3, spare: 0 },
        thread: { execArgv: ['--require', preload] },
      })
      let failures = 0
      runtime.on('threadStartFailed', () => failures++)
      await until(() => failures >= 3 && runtime.stats().threads.starting === 0)
      writeFileSync(preload, '')
      await until(() => runtime.stats().threads.live === 3)
      expect(await runtime.startNew(everyday.Add, { a: 1, b: 1 }).result()).toBe(2)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

describe('resize', () => {
  it('up serves waiting calls at once', async () => {
    await using runtime = new TaskRuntime({ threads: { min: 1, max: 1, spare: 0 } })
    using gate = new SharedGate()
    const handles = [0, 1, 2].map(() => runtime.startNew(everyday.Gate, { words: gate.words }))
    await gate.reached(1)
    runtime.resize({ max: 3 })
    await gate.reached(3)
    expect(handles.map(({ status }) => status)).toEqual(['running', 'running', 'running'])
  })

  it('down while busy stops no call; surplus threads go once they are free', async () => {
    await using runtime = new TaskRuntime({ threads: { min: 3, max: 3, spare: 0 } })
    using gate = new SharedGate()
    const handles = Array.from({ length: 6 }, () => runtime.startNew(everyday.Gate, { words: gate.words }))
    await gate.reached(3)
    runtime.resize(1)
    gate.open()
    const outcomes = await Promise.all(handles.map((handle) => handle.completion))
    expect(outcomes.map(({ status }) => status)).toEqual(Array(6).fill('completed'))
    await until(() => runtime.stats().threads.live === 1)
    expect(await runtime.startNew(everyday.Add, { a: 1, b: 1 }).result()).toBe(2)
  })

  it('up and down again and again, under load, loses nothing and starts nothing twice', async () => {
    await using runtime = new TaskRuntime({ threads: { min: 1, max: 2, spare: 0 } })
    const words = sharedWords(400)
    const handles = Array.from({ length: 400 }, (_, slot) =>
      runtime.startNew(everyday.Behave, { words, slot, kind: 'spin', ms: 1 }),
    )
    for (const size of [3, 1, 2, 1, 3, 1]) {
      runtime.resize(size)
      await nextEvent(runtime, 'taskSettled')
    }
    const outcomes = await Promise.all(handles.map((handle) => handle.completion))
    expect(outcomes.map((outcome) => outcome.status === 'completed' && outcome.value)).toEqual([...Array(400).keys()])
    expect([...words]).toEqual(Array(400).fill(1))
  })

  it.each([0, -1, 'two', { min: 3, max: 2 }])('refuses %j', async (threads) => {
    await using runtime = new TaskRuntime({ threads: 1 })
    const resize = runtime.resize.bind(runtime) as (threads: unknown) => void
    expect(() => resize(threads)).toThrow(InvalidOptionError)
    expect(runtime.stats().threads).toMatchObject({ min: 1, max: 1 })
  })
})
