import { monitorEventLoopDelay } from 'node:perf_hooks'
import { describe, expect, it } from 'vitest'
import { runScript } from './script.js'
import { Zoo } from './zoo.js'

describe('a flood', () => {
  it('of progress is throttled: few messages, the last one among them, and the main thread stays free', async () => {
    const ms = 1_000
    await using zoo = new Zoo({ name: 'progress-flood', parameters: { ms }, options: { timeout: 30_000 } })
    await zoo.prove()
    const heard: unknown[] = []
    zoo.innocent()
    const flood = zoo.start()
    flood.onProgress((value) => heard.push(value))
    zoo.innocent()
    zoo.innocent()
    const delay = monitorEventLoopDelay({ resolution: 5 })
    delay.enable()
    const outcome = await flood.completion
    delay.disable()
    zoo.innocent()
    zoo.innocent()
    await zoo.innocentsComplete()
    if (outcome.status !== 'completed') expect.fail(outcome.status)
    expect(outcome.value).toBeGreaterThanOrEqual(100_000)
    // One in 50 ms of its run time, the first at once and the last at the end.
    expect(heard.length).toBeLessThanOrEqual(outcome.timing.running / 50 + 2)
    expect(heard.length).toBeGreaterThan(2)
    expect(heard.at(-1)).toBe('the last')
    expect(delay.percentile(90) / 1e6).toBeLessThan(250)
  })

  it('of lines on stdout passes, and five calls of another user complete', async () => {
    const { code, report, stdout } = await runScript('flood-stdout.mjs', ['30000'])
    expect(code).toBe(0)
    expect(report).toEqual({ status: 'completed', value: 30_000, innocents: [0, 1, 2, 3, 4] })
    expect(stdout.split('\n').filter((line) => line === 'x'.repeat(200))).toHaveLength(30_000)
  })
})

describe('memory', () => {
  it('that grows without end is a crash that says so, and five calls of another user complete', async () => {
    const { code, report } = await runScript('run-out-of-memory.mjs', ['heap-growth'])
    expect(code).toBe(0)
    expect(report).toMatchObject({
      status: 'crashed',
      started: true,
      code: 'OFFMAIN_TASK_CRASHED',
      message: expect.stringMatching(/^Task Fault lost its thread while running: .*memory/),
      cause: 'ERR_WORKER_OUT_OF_MEMORY',
      innocents: [0, 1, 2, 3, 4],
    })
  })
})
