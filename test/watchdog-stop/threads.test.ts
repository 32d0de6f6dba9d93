import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type RuntimeEvents, TaskRuntime, type ThreadOption } from 'offmain'
import { describe, expect, it } from 'vitest'
import { fixtures, nextEvent, open, sharedWords, stop, until } from './stop.js'

type Failure = RuntimeEvents['threadStartFailed'][0]

/** A file whose being there makes threads die. */
class Curse implements Disposable {
  readonly #folder = mkdtempSync(join(tmpdir(), 'offmain-'))
  readonly file: string = join(this.#folder, 'curse')

  constructor() {
    writeFileSync(this.file, '')
  }

  /** @param after it lives so many ms first; `never`: it does not get ready, and does not die */
  thread(after?: number | 'never'): ThreadOption {
    return {
      execArgv: ['--import', new URL('boot-unless.mjs', fixtures).href],
      env: {
        ...process.env,
        OFFMAIN_TEST_DIES: this.file,
        ...(after !== undefined && { OFFMAIN_TEST_AFTER: String(after) }),
      },
    }
  }

  lift(): void {
    rmSync(this.file, { force: true })
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true })
  }
}

describe('threads that die without a call to blame', () => {
  it('while they start are started again with growing delay, told of, and work once they can', async () => {
    using curse = new Curse()
    await using runtime = new TaskRuntime({
      threads: { min: 2, max: 2, spare: 0 },
      thread: curse.thread(),
    })
    const failures: Failure[] = []
    runtime.on('threadStartFailed', (failure) => failures.push(failure))
    const call = runtime.startNew(stop.Nothing)
    await until(() => failures.length >= 4)
    expect(call.status).toBe('queued')
    curse.lift()
    expect(failures[0]?.error.message).toContain('not now')
    const delays = failures.map(({ retryIn }) => retryIn)
    expect(delays.slice(0, 2)).toEqual([100, 200])
    for (const [index, delay] of delays.slice(1).entries()) expect(delay).toBeGreaterThan(delays[index] ?? 0)
    expect(await call.completion).toMatchObject({ status: 'completed' })
    await until(() => runtime.stats().threads.live === 2)
  })

  it('or never get ready are ended, told of, and started again', async () => {
    using curse = new Curse()
    await using runtime = new TaskRuntime({ threads: { min: 1, max: 1, spare: 0 }, thread: curse.thread('never') })
    const failed = nextEvent(runtime, 'threadStartFailed')
    const call = runtime.startNew(stop.Nothing)
    const { error } = (await failed) as Failure
    expect(error.message).toBe('The thread was not ready after 10000 ms')
    curse.lift()
    expect(await call.completion).toMatchObject({ status: 'completed' })
  })

  it('may take as long as they want where startTimeout is Infinity', async () => {
    const failures: Failure[] = []
    await using runtime = new TaskRuntime({ threads: 1, startTimeout: Number.POSITIVE_INFINITY })
    runtime.on('threadStartFailed', (failure) => failures.push(failure))
    expect(await runtime.startNew(stop.Nothing).completion).toMatchObject({ status: 'completed' })
    expect(failures).toEqual([])
  })

  it('between calls are replaced with growing delay, never in a tight loop', async () => {
    using curse = new Curse()
    await using runtime = new TaskRuntime({ threads: { min: 1, max: 1, spare: 0 }, thread: curse.thread(700) })
    const failures: Failure[] = []
    let started = 0
    runtime.on('threadStartFailed', (failure) => failures.push(failure))
    runtime.on('threadStarted', () => started++)
    await until(() => failures.length >= 3)
    curse.lift()
    expect(failures[0]).toMatchObject({ error: { message: 'The thread exited with code 9' }, retryIn: 100 })
    expect(failures.map(({ retryIn }) => retryIn).slice(0, 3)).toEqual([100, 200, 400])
    expect(started).toBeLessThanOrEqual(failures.length)
    expect(await runtime.startNew(stop.Nothing).completion).toMatchObject({ status: 'completed' })
  })
})

describe('threads are recycled', () => {
  it('after so many calls, the successor warm before the old one goes', async () => {
    await using runtime = new TaskRuntime({ threads: { min: 1, max: 1, spare: 0 }, thread: { recycleAfter: 20 } })
    const events: string[] = []
    runtime.on('threadStarted', ({ threadId }) => events.push(`started ${threadId}`))
    runtime.on('threadStopped', ({ threadId, reason }) => events.push(`stopped ${threadId}: ${reason}`))
    const served: (number | undefined)[] = []
    // Not so fast that the successor has no time to start: it is asked for somewhat before its turn.
    const gate = sharedWords()
    open(gate)
    for (let call = 0; call < 60; call++) {
      if (call % 20 === 18) await until(() => runtime.stats().threads.live === 2)
      served.push((await runtime.startNew(stop.Gate, { words: gate }).completion).threadId)
    }
    await until(() => events.filter((event) => event.startsWith('stopped')).length === 3)
    const [first, second, third] = [served[0], served[20], served[40]]
    expect(served).toEqual([...Array(20).fill(first), ...Array(20).fill(second), ...Array(20).fill(third)])
    expect(new Set([first, second, third]).size).toBe(3)
    expect(events.indexOf(`started ${second}`)).toBeLessThan(events.indexOf(`stopped ${first}: it has served 20 calls`))
    expect(events.indexOf(`started ${third}`)).toBeLessThan(events.indexOf(`stopped ${second}: it has served 20 calls`))
    expect(runtime.stats().settled).toMatchObject({ completed: 60 })
  })

  it('above a heap ceiling', async () => {
    await using runtime = new TaskRuntime({ threads: { min: 1, max: 1, spare: 0 }, thread: { recycleAboveHeap: 40 } })
    const stopped = nextEvent(runtime, 'threadStopped')
    const small = await runtime.startNew(stop.Nothing).completion
    const large = await runtime.startNew(stop.Keeps, { megabytes: 80 }).completion
    expect([small.status, large.status]).toEqual(['completed', 'completed'])
    expect(await stopped).toMatchObject({
      threadId: large.threadId,
      reason: expect.stringMatching(/^its heap holds \d+ MB after a call$/),
    })
    const next = await runtime.startNew(stop.Keeps, { megabytes: 1 }).completion
    expect(next).toMatchObject({ status: 'completed', value: 1 })
    expect(next.threadId).not.toBe(large.threadId)
  })
})
