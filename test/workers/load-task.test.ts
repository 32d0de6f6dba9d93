import { describe, expect, it } from 'vitest'
import { loadTask, sourceOf, TaskLoadError } from '../../workers/load-task.js'

const url = new URL('./fixtures/exports.mjs', import.meta.url).href

describe('loading a task', () => {
  it('finds the class, whether it needs a connection, and its own limit', async () => {
    expect(await loadTask(url, 'Good')).toMatchObject({ needsConnection: false, timeoutMs: 250 })
    expect(await loadTask(url, 'NeedsConnection')).toMatchObject({ needsConnection: true, timeoutMs: 0 })
    expect(await loadTask(url, 'Inherited')).toMatchObject({ needsConnection: false, timeoutMs: 250 })
    expect(await loadTask(url, 'Unlimited')).toMatchObject({ timeoutMs: Number.POSITIVE_INFINITY })
    const { create } = await loadTask(url, 'Good')
    expect(new create()).toHaveProperty('run')
  })

  it('finds what a CommonJS module exports, also where Node cannot tell from its text', async () => {
    const common = new URL('./fixtures/common.cjs', import.meta.url).href
    expect(await loadTask(common, 'Hidden')).toMatchObject({ needsConnection: false })
  })

  it.each([
    ['Missing', 'exports no Missing. It exports: Good, '],
    ['HasNoRun', 'has no run method. Implement BackgroundTask: run(parameters, context)'],
    ['number', 'is no class but a number. Export a class with a run method'],
    ['nothing', 'is no class but null'],
    ['arrow', 'is no class but a function'],
    ['WrongTimeout', 'WrongTimeout.timeout is soon; allowed: ms, more than 0, or Infinity'],
  ])('of %s fails, and says: %s', async (name, message) => {
    const error = await loadTask(url, name).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(TaskLoadError)
    expect(error).toMatchObject({ code: 'OFFMAIN_TASK_LOAD', message: expect.stringContaining(message) })
  })

  it('passes on what the module itself throws', async () => {
    const source = 'data:text/javascript,throw new RangeError("from the module")'
    await expect(loadTask(source, 'X')).rejects.toThrow(RangeError)
  })
})

describe('the source of a module', () => {
  it('is the .ts file where the .js file that it would become is not there', () => {
    const built = new URL('./fixtures/typed-only.js', import.meta.url)
    expect(sourceOf(built.href)).toBe(new URL('./fixtures/typed-only.ts', import.meta.url).href)
  })

  it('is itself otherwise', () => {
    for (const same of [url, 'data:text/javascript,', new URL('./fixtures/nowhere.js', import.meta.url).href]) {
      expect(sourceOf(same)).toBe(same)
    }
  })
})
