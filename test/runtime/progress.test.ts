import { TaskRuntime } from 'offmain'
import { describe, expect, it } from 'vitest'
import { progressing } from './fixtures/progressing.js'
import { nextEvent, sharedWords, until } from './fixtures/shared-words.js'

describe('progress', () => {
  it('is told at most every 50 ms, and the last value always, before the call has settled', async () => {
    await using runtime = new TaskRuntime({ threads: 1 })
    const heard: unknown[] = []
    const handle = runtime.startNew(progressing.ReportOften, { ms: 300 })
    handle.onProgress((value) => heard.push(value))
    const count = await handle.result()
    expect(count).toBeGreaterThan(10)
    expect(heard.length).toBeGreaterThan(1)
    expect(heard.length).toBeLessThanOrEqual(8)
    expect(heard.at(-1)).toBe(count)
    expect(heard).toEqual(heard.toSorted((a, b) => Number(a) - Number(b)))
  })

  it('of a burst within one turn tells the first value and the last', async () => {
    await using runtime = new TaskRuntime({ threads: 1 })
    const heard: unknown[] = []
    const handle = runtime.startNew(progressing.Report, {
      values: [1, 2, 3, { done: 4 }],
      words: sharedWords(1),
      spinMs: 0,
    })
    handle.onProgress((value) => heard.push(value))
    await handle.completion
    expect(heard).toEqual([1, { done: 4 }])
  })

  it('is not told to a listener that was removed', async () => {
    await using runtime = new TaskRuntime({ threads: 1 })
    const heard: string[] = []
    const handle = runtime.startNew(progressing.Report, { values: [1], words: sharedWords(1), spinMs: 0 })
    const remove = handle.onProgress(() => heard.push('removed'))
    handle.onProgress(() => heard.push('kept'))
    remove()
    await handle.completion
    expect(heard).toEqual(['kept'])
  })

  it('goes on to the other listeners when one throws; the process is warned', async () => {
    await using runtime = new TaskRuntime({ threads: 1 })
    const warned = new Promise<Error>((resolve) => process.once('warning', resolve))
    const handle = runtime.startNew(progressing.Report, { values: [1], words: sharedWords(1), spinMs: 0 })
    handle.onProgress(() => {
      throw new Error('the listener fails')
    })
    const heard: unknown[] = []
    handle.onProgress((value) => heard.push(value))
    expect(await handle.completion).toMatchObject({ status: 'completed' })
    expect(heard).toEqual([1])
    expect((await warned).message).toContain('the listener fails')
  })

  it('comes as an event with its call and its thread', async () => {
    await using runtime = new TaskRuntime({ threads: 1 })
    const progressed = nextEvent(runtime, 'taskProgress')
    const handle = runtime.startNew(progressing.Report, { values: [{ done: 1 }], words: sharedWords(1), spinMs: 0 })
    const [event] = await progressed
    const { threadId } = await handle.completion
    expect(event).toEqual({ id: handle.id, task: 'Report', user: undefined, threadId, value: { done: 1 } })
  })

  it('is reported by a function that works without its context', async () => {
    await using runtime = new TaskRuntime({ threads: 1 })
    const heard: unknown[] = []
    const handle = runtime.startNew(progressing.ReportDestructured, { value: 'told' })
    handle.onProgress((value) => heard.push(value))
    expect(await handle.result()).toEqual({ aborted: false, taskId: handle.id })
    expect(heard).toEqual(['told'])
  })

  it('that cannot cross fails the call that reports it', async () => {
    await using runtime = new TaskRuntime({ threads: 1 })
    expect(await runtime.startNew(progressing.ReportUnserialisable).completion).toMatchObject({
      status: 'failed',
      error: { phase: 'running', cause: { message: expect.stringContaining('function') } },
    })
  })

  it('after the call has ended is not told', async () => {
    await using runtime = new TaskRuntime({ threads: 1 })
    const words = sharedWords(1)
    const heard: unknown[] = []
    runtime.on('taskProgress', ({ value }) => heard.push(value))
    const handle = runtime.startNew(progressing.ReportLate, { words })
    await handle.completion
    await until(() => Atomics.load(words, 0) > 20)
    await runtime.startNew(progressing.Report, { values: [], words, spinMs: 0 }).completion
    expect(heard).toEqual(['in time'])
  })
})
