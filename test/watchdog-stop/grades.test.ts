import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { TaskCanceledError, TaskRuntime, TaskTimedOutError } from 'offmain'
import { describe, expect, it } from 'vitest'
import { ada, bob, fixtures, nextEvent, sharedWords, stop, stopUrl, until } from './stop.js'

const one = { min: 1, max: 1, spare: 1 }

describe('asked by its signal, a call may end by itself within the grace', () => {
  it('in a loop that never yields: it runs to its end and keeps its thread', async () => {
    await using runtime = new TaskRuntime({ threads: one, timeout: 200, grace: 20_000 })
    const words = sharedWords()
    const outcome = await runtime.startNew(stop.PollsItsSignal, { words }).completion
    if (outcome.status !== 'timed-out') expect.fail(outcome.status)
    expect(outcome.error).toBeInstanceOf(TaskTimedOutError)
    expect(outcome.error).toMatchObject({ timeout: 200, phase: 'running', stoppedBy: 'signal', stuckAt: undefined })
    expect(outcome.error.elapsed).toBeGreaterThanOrEqual(200)
    expect(outcome.error.message).toContain('gave way to its signal')
    expect([...words]).toEqual([1, 1])
    expect(await runtime.startNew(stop.Nothing).completion).toMatchObject({ threadId: outcome.threadId })
  })

  it('by a listener, throwing what the signal carries', async () => {
    await using runtime = new TaskRuntime({ threads: one, timeout: 200, grace: 20_000 })
    const outcome = await runtime.startNew(stop.ListensToItsSignal, { words: sharedWords() }).completion
    expect(outcome).toMatchObject({ status: 'timed-out', error: { stoppedBy: 'signal', stuckAt: undefined } })
    expect(await runtime.startNew(stop.Nothing).completion).toMatchObject({ threadId: outcome.threadId })
  })

  it('when it is canceled', async () => {
    await using runtime = new TaskRuntime({ threads: one, grace: 20_000 })
    const words = sharedWords()
    const handle = runtime.startNew(stop.PollsItsSignal, { words })
    await until(() => words[0] === 1)
    const reason = new Error('the user left')
    expect(handle.cancel(reason)).toBe(true)
    const outcome = await handle.completion
    if (outcome.status !== 'canceled') expect.fail(outcome.status)
    expect(outcome.error).toBeInstanceOf(TaskCanceledError)
    expect(outcome.error).toMatchObject({ code: 'OFFMAIN_TASK_CANCELED', stoppedBy: 'signal', cause: reason })
  })
})

describe('a call that does not give way', () => {
  it('is interrupted once the grace is over, if it has looked at its signal', async () => {
    await using runtime = new TaskRuntime({ threads: one, timeout: 200, grace: 400 })
    const outcome = await runtime.startNew(stop.IgnoresItsSignal, { words: sharedWords() }).completion
    if (outcome.status !== 'timed-out') expect.fail(outcome.status)
    expect(outcome.error.elapsed).toBeGreaterThanOrEqual(600)
    expect(outcome.error.stoppedBy).toBe('interrupt')
    const line =
      readFileSync(stopUrl, 'utf8')
        .split('\n')
        .findIndex((text) => text.includes('// stuck here')) + 1
    const [frame] = outcome.error.stuckAt ?? []
    expect(frame).toMatchObject({ function: 'run', url: stopUrl.href, line })
    expect(outcome.error.message).toBe(
      `Task IgnoresItsSignal was stopped after ${Math.round(outcome.error.elapsed)} ms of running at run (${stopUrl.href}:${line}:${frame?.column}) (limit 200 ms, its thread was interrupted)`,
    )
  })

  it('is given no grace if it never looked at its signal', async () => {
    await using runtime = new TaskRuntime({ threads: one, timeout: 200, grace: 50_000 })
    const outcome = await runtime.startNew(stop.Loops, { words: sharedWords() }).completion
    if (outcome.status !== 'timed-out') expect.fail(outcome.status)
    expect(outcome.error.stoppedBy).toBe('interrupt')
    expect(outcome.error.elapsed).toBeLessThan(20_000)
  })

  it.each(['LoopsForItsUser', 'AwaitsForItsUser'] as const)(
    'has its user connection closed by its own thread, which then exits (%s)',
    async (name) => {
      const folder = mkdtempSync(join(tmpdir(), 'offmain-'))
      try {
        const userConnections = new URL('counting-connection.mjs', fixtures)
        await using runtime = new TaskRuntime({ threads: one, timeout: 200, userConnections })
        const user = { ...ada, claims: { folder } }
        const stopped = nextEvent(runtime, 'threadStopped')
        const outcome = await runtime.startNewWithUserConnection(stop[name], { words: sharedWords() }, { user })
          .completion
        expect(outcome).toMatchObject({ status: 'timed-out', error: { stoppedBy: 'interrupt' } })
        expect(await stopped).toMatchObject({
          threadId: outcome.threadId,
          exitCode: 0,
          reason: expect.stringContaining(`call ${outcome.id}`),
        })
        expect(readdirSync(folder)).toEqual([`closed-ada-${outcome.threadId}-1`])
        const next = await runtime.startNewWithUserConnection(stop.TellsItsConnection, undefined, { user }).result()
        expect(next.threadId).not.toBe(outcome.threadId)
      } finally {
        rmSync(folder, { recursive: true })
      }
    },
  )

  it('when it is canceled is interrupted, and the place is told', async () => {
    await using runtime = new TaskRuntime({ threads: one })
    const words = sharedWords()
    const handle = runtime.startNew(stop.Loops, { words }, { user: bob })
    await until(() => words[0] === 1)
    expect(handle.cancel()).toBe(true)
    expect(handle.cancel()).toBe(false)
    const outcome = await handle.completion
    if (outcome.status !== 'canceled') expect.fail(outcome.status)
    expect(outcome.error.stoppedBy).toBe('interrupt')
    expect(outcome.error.stuckAt?.[0]).toMatchObject({ function: 'run', url: stopUrl.href })
    expect(outcome.error.message).toContain(stopUrl.href)
  })
})
