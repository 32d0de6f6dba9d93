import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { TaskRuntime, TaskTimedOutError } from 'offmain'
import { describe, expect, it } from 'vitest'
import { everyday } from '../runtime/fixtures/everyday.js'
import { faulty } from '../runtime/fixtures/faulty.js'
import { block, blockUntil, nextEvent, sharedWords, until } from '../runtime/fixtures/shared-words.js'

const two = { min: 2, max: 2, spare: 0 }

describe('two endless loops and one normal call on two threads', () => {
  it('20 rounds: the loops time out, the call completes, and no thread, handle or listener is left over', async () => {
    await using runtime = new TaskRuntime({ threads: two, suspend: { after: Number.POSITIVE_INFINITY } })
    let started = 0
    let stopped = 0
    const told: unknown[] = []
    runtime.on('threadStarted', (thread) => told.push(['started', thread]) && started++)
    runtime.on('threadStopped', (thread) => told.push(['stopped', thread]) && stopped++)
    runtime.on('threadStuck', ({ threadId }) => told.push(['stuck', threadId]))
    runtime.on('threadStartFailed', ({ error }) => told.push(['start failed', error.message]))
    const recovered = (): boolean => {
      const { live, busy, starting } = runtime.stats().threads
      return live === 2 && busy === 0 && starting === 0 && started - stopped === 2
    }
    const listeners = (): number => process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0)
    const handles = (): string[] => process.getActiveResourcesInfo().filter((type) => type !== 'Immediate')

    let before: { listeners: number; ports: number } | undefined
    for (let round = 0; round < 20; round++) {
      const loops = [1, 2].map(() => runtime.startNew(faulty.ForLoop, undefined, { timeout: 300 }))
      const normal = runtime.startNew(everyday.Add, { a: round, b: 1 })
      expect(await Promise.all(loops.map((handle) => handle.completion))).toMatchObject([
        { status: 'timed-out', started: true },
        { status: 'timed-out', started: true },
      ])
      expect(await normal.completion).toMatchObject({ status: 'completed', value: round + 1 })
      await until(recovered, () => ({ round, ...runtime.stats().threads, lately: told.slice(-8) }))
      // The first round has loaded everything that is loaded once, the inspector for one.
      before ??= { listeners: listeners(), ports: count(handles(), 'MessagePort') }
    }
    await until(() => count(handles(), 'MessagePort') <= (before?.ports ?? 0))
    expect(listeners()).toBe(before?.listeners)
    expect(runtime.stats()).toMatchObject({
      pending: 0,
      stuckThreads: 0,
      settled: { completed: 20, 'timed-out': 40, failed: 0, canceled: 0, crashed: 0 },
    })
    expect(started).toBe(42)
    // 12 s on a machine that is free, minutes on one that is not.
  }, 240_000)
})

function count(types: readonly string[], type: string): number {
  return types.filter((each) => each === type).length
}

describe('a call that does not end', () => {
  it.each([
    ['ForLoop', 'interrupt'],
    ['CatastrophicRegExp', 'interrupt'],
    ['MicrotaskLoop', undefined],
    ['TickLoop', undefined],
    ['ImmediateLoop', undefined],
    ['AtomicsWait', undefined],
    ['AwaitForEver', 'interrupt'],
    ['EndlessConstructor', 'interrupt'],
    // Which grade it takes depends on what the thread gets done in 250 ms: a machine at its limit may need a second try.
  ] as const)('%s is stopped at its limit of run time', { retry: 2 }, async (name, stoppedBy) => {
    await using runtime = new TaskRuntime({ threads: 1 })
    const outcome = await runtime.startNew(faulty[name], undefined, { timeout: 200 }).completion
    if (outcome.status !== 'timed-out') expect.fail(outcome.status)
    expect(outcome.error).toBeInstanceOf(TaskTimedOutError)
    expect(outcome).toMatchObject({ started: true, error: { task: name, timeout: 200, phase: 'running' } })
    expect(outcome.timing.running).toBeGreaterThanOrEqual(199)
    expect(outcome.timing.running).toBeLessThan(10_000)
    expect(outcome.error.stoppedBy).not.toBe('nothing')
    if (stoppedBy !== undefined) expect(outcome.error.stoppedBy).toBe(stoppedBy)
    expect(await runtime.startNew(everyday.Add, { a: 1, b: 1 }).result()).toBe(2)
  })

  it('names the line where it was stuck', async () => {
    await using runtime = new TaskRuntime({ threads: 1, timeout: 200 })
    const outcome = await runtime.startNew(faulty.ForLoop).completion
    if (outcome.status !== 'timed-out') expect.fail(outcome.status)
    const file = new URL('../runtime/fixtures/faulty.tasks.mjs', import.meta.url)
    const line =
      readFileSync(file, 'utf8')
        .split('\n')
        .findIndex((text) => text.includes('the line it is stuck in')) + 1
    expect(outcome.error.stuckAt?.[0]).toMatchObject({ function: 'run', url: file.href, line })
    expect(outcome.error.message).toContain(`faulty.tasks.mjs:${line}:`)
  })

  it('names no line while it awaits: there is none', async () => {
    await using runtime = new TaskRuntime({ threads: 1, timeout: 100 })
    const outcome = await runtime.startNew(faulty.AwaitForEver).completion
    expect(outcome).toMatchObject({ status: 'timed-out', error: { stuckAt: undefined } })
  })
})

describe('the limit', () => {
  it('of the call comes before that of its class, which comes before the runtime’s', async () => {
    await using runtime = new TaskRuntime({ threads: two, timeout: 30_000 })
    const outcomes = await Promise.all([
      runtime.startNew(everyday.ShortLived).completion,
      runtime.startNew(everyday.ShortLived, undefined, { timeout: 300 }).completion,
    ])
    expect(outcomes).toMatchObject([{ error: { timeout: 100 } }, { error: { timeout: 300 } }])
  })

  it('does not count the time in which the call waits', async () => {
    await using runtime = new TaskRuntime({ threads: { min: 1, max: 1, spare: 0 }, timeout: 1_000 })
    const handles = Array.from({ length: 8 }, () => runtime.startNew(everyday.Spin, { ms: 200, label: 'in time' }))
    const outcomes = await Promise.all(handles.map((handle) => handle.completion))
    expect(outcomes.map(({ status }) => status)).toEqual(Array(8).fill('completed'))
    expect(outcomes.at(-1)?.timing.queued).toBeGreaterThan(1_000)
  })

  it('of Infinity is none', async () => {
    await using runtime = new TaskRuntime({ threads: 1, timeout: 50 })
    const handle = runtime.startNew(everyday.Spin, { ms: 200, label: 'x' }, { timeout: Number.POSITIVE_INFINITY })
    expect(await handle.result()).toBe('x')
  })

  it('is not reached by a call that ends in time while the main thread is blocked past it', async () => {
    await using runtime = new TaskRuntime({ threads: 1, timeout: 300 })
    await runtime.startNew(everyday.Nothing).completion
    await new Promise((resolve) => setImmediate(resolve))
    await until(() => runtime.stats().threads.busy === 0)
    // Before timers, which are to be the first to run once the main thread comes back.
    await new Promise((resolve) => setImmediate(resolve))
    const words = sharedWords(1)
    const handle = runtime.startNew(everyday.Behave, { words, slot: 0, kind: 'spin', ms: 100 })
    await Promise.resolve()
    blockUntil(() => Atomics.load(words, 0) === 1)
    block(800)
    const outcome = await handle.completion
    expect(outcome).toMatchObject({ status: 'completed', value: 0 })
    expect(outcome.timing.running).toBeLessThan(300)
  })

  it('is not reached by the call after it either', async () => {
    await using runtime = new TaskRuntime({ threads: { min: 1, max: 1, spare: 0 }, timeout: 400 })
    const handles = Array.from({ length: 6 }, () => runtime.startNew(everyday.Spin, { ms: 100, label: 'in time' }))
    await nextEvent(runtime, 'taskSettled')
    block(700)
    const outcomes = await Promise.all(handles.map((handle) => handle.completion))
    expect(outcomes.map(({ status }) => status)).toEqual(Array(6).fill('completed'))
  })
})

describe('a call that has looked at its signal', () => {
  it('is asked first: it gives way, and its thread lives', async () => {
    await using runtime = new TaskRuntime({ threads: { min: 1, max: 1, spare: 0 }, timeout: 200, grace: 30_000 })
    const words = sharedWords(2)
    const outcome = await runtime.startNew(faulty.GivesWayInLoop, { words }).completion
    expect(outcome).toMatchObject({ status: 'timed-out', error: { stoppedBy: 'signal' } })
    expect(Atomics.load(words, 1)).toBe(1)
    expect(await runtime.startNew(everyday.Nothing).completion).toMatchObject({ threadId: outcome.threadId })
  })

  it('and goes on past the grace is stopped', async () => {
    await using runtime = new TaskRuntime({ threads: 1, timeout: 100, grace: 200 })
    const outcome = await runtime.startNew(faulty.LooksAndGoesOn, { words: sharedWords(1) }).completion
    expect(outcome).toMatchObject({ status: 'timed-out', error: { stoppedBy: 'interrupt' } })
    expect(outcome.timing.running).toBeGreaterThanOrEqual(299)
  })
})

describe('others', () => {
  it('do not wait for a call that is being stopped', async () => {
    await using runtime = new TaskRuntime({ threads: { min: 1, max: 1, spare: 1 } })
    const loop = runtime.startNew(faulty.ForLoop, undefined, { timeout: 300 })
    const waiting = Array.from({ length: 20 }, (_, a) => runtime.startNew(everyday.Add, { a, b: 0 }))
    expect(await Promise.all(waiting.map((handle) => handle.result()))).toEqual([...Array(20).keys()])
    expect(await loop.completion).toMatchObject({ status: 'timed-out' })
  })

  it('on other threads go on untouched', async () => {
    await using runtime = new TaskRuntime({ threads: two })
    const long = runtime.startNew(everyday.Spin, { ms: 700, label: 'untouched' })
    const loop = runtime.startNew(faulty.ForLoop, undefined, { timeout: 200 })
    expect(await loop.completion).toMatchObject({ status: 'timed-out' })
    expect(await long.result()).toBe('untouched')
    await delay(0)
    expect(runtime.stats().settled).toMatchObject({ completed: 1, 'timed-out': 1 })
  })
})
