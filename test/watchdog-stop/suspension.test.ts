import { TaskRuntime, TaskSuspendedError } from 'offmain'
import { describe, expect, it } from 'vitest'
import { open, sharedWords, stop, until } from './stop.js'

const one = { min: 1, max: 1, spare: 1 }

type Kind = 'complete' | 'loop' | 'exit'

/** Starts one call of `Counts` after the other; `words[0]` counts those that started. */
function counting(runtime: TaskRuntime): {
  words: Int32Array
  call: (kind: Kind) => ReturnType<typeof start>['completion']
} {
  const words = sharedWords()
  const start = (kind: Kind) =>
    runtime.startNew(stop.Counts, { words, slot: 0, kind }, { timeout: kind === 'loop' ? 100 : undefined })
  return { words, call: (kind) => start(kind).completion }
}

describe('a task whose last call cost a thread', () => {
  it('has one call at a time as long as calls of others wait, then as many as there are threads', async () => {
    await using runtime = new TaskRuntime({ threads: { min: 2, max: 2, spare: 1 } })
    const words = sharedWords()
    const loop = () => runtime.startNew(stop.Counts, { words, slot: 0, kind: 'loop' })
    const exit = runtime.startNew(stop.Counts, { words, slot: 0, kind: 'exit' })
    expect(await exit.completion).toMatchObject({ status: 'crashed' })

    const loops = [loop(), loop(), loop()]
    const gate = sharedWords()
    const others = [runtime.startNew(stop.Gate, { words: gate }), runtime.startNew(stop.Gate, { words: gate })]
    await until(() => Atomics.load(words, 0) === 2 && Atomics.load(gate, 0) === 1)
    expect(runtime.stats().queue.calls).toBe(3)
    expect(runtime.snapshot().queued.map(({ id }) => id)).toEqual([others[1]?.id, loops[1]?.id, loops[2]?.id])
    expect(Atomics.load(words, 0)).toBe(2)

    // One that is held back can be canceled like any other.
    expect(loops[2]?.cancel()).toBe(true)
    expect(await loops[2]?.completion).toMatchObject({ status: 'canceled', started: false })
    open(gate)
    await Promise.all(others.map((other) => other.result()))
    await until(() => Atomics.load(words, 0) === 3)
    for (const handle of loops) handle.cancel()
  })

  it('is treated like any other again once a call of it has ended well', async () => {
    await using runtime = new TaskRuntime({ threads: { min: 2, max: 2, spare: 1 } })
    const words = sharedWords()
    const count = (kind: Kind) => runtime.startNew(stop.Counts, { words, slot: 0, kind })
    expect(await count('exit').completion).toMatchObject({ status: 'crashed' })
    expect(await count('complete').completion).toMatchObject({ status: 'completed' })
    // While somebody else waits: at a closed gate, on whatever thread is left.
    const gate = sharedWords()
    const handles = [count('loop'), count('loop'), runtime.startNew(stop.Gate, { words: gate })]
    await until(() => Atomics.load(words, 0) === 4)
    open(gate)
    for (const handle of handles) handle.cancel()
  })
})

describe('a task that keeps costing threads', () => {
  it('is suspended: its calls fail at once, saying why and until when; others go on', async () => {
    await using runtime = new TaskRuntime({
      threads: one,
      suspend: { after: 3, within: 50_000, for: 40_000 },
    })
    const { words, call } = counting(runtime)
    const before = Date.now()
    expect([(await call('exit')).status, (await call('loop')).status, (await call('exit')).status]).toEqual([
      'crashed',
      'timed-out',
      'crashed',
    ])
    const outcome = await call('complete')
    if (outcome.status !== 'failed' || !(outcome.error instanceof TaskSuspendedError)) expect.fail(outcome.status)
    expect(outcome).toMatchObject({ started: false, threadId: undefined })
    expect(outcome.error).toMatchObject({ code: 'OFFMAIN_TASK_SUSPENDED', task: 'Counts', offences: 3, within: 50_000 })
    const until = outcome.error.until.getTime()
    expect(until).toBeGreaterThan(before + 40_000)
    expect(until).toBeLessThanOrEqual(Date.now() + 40_000)
    expect(outcome.error.message).toBe(
      `Task Counts is suspended until ${outcome.error.until.toISOString()}: 3 of its calls were stopped or crashed their thread within 50000 ms. Mend the task, or set options.suspend`,
    )
    expect(words[0]).toBe(3)
    expect(await runtime.startNew(stop.Nothing).completion).toMatchObject({ status: 'completed' })
  })

  it('gets one trial when the time is up: an offence suspends it again, a completion frees it', async () => {
    await using runtime = new TaskRuntime({
      threads: one,
      suspend: { after: 2, within: 50_000, for: 1_500 },
    })
    const { words, call } = counting(runtime)
    await call('exit')
    await call('exit')
    const suspended = await call('complete')
    if (suspended.status !== 'failed' || !(suspended.error instanceof TaskSuspendedError)) expect.fail(suspended.status)
    const first = suspended.error.until
    await until(() => Date.now() > first.getTime() + 2)

    // Of several that come, one is tried.
    const together = await Promise.all([call('exit'), call('complete'), call('complete')])
    expect(together.map(({ status }) => status)).toEqual(['crashed', 'failed', 'failed'])
    expect(words[0]).toBe(3)
    const again = await call('complete')
    if (again.status !== 'failed' || !(again.error instanceof TaskSuspendedError)) expect.fail(again.status)
    const second = again.error.until
    expect(second.getTime()).toBeGreaterThan(first.getTime())
    await until(() => Date.now() > second.getTime() + 2)

    expect(await call('complete')).toMatchObject({ status: 'completed' })
    expect(await call('complete')).toMatchObject({ status: 'completed' })
    expect(await call('exit')).toMatchObject({ status: 'crashed' })
    expect(await call('complete')).toMatchObject({ status: 'completed' })
    expect(words[0]).toBe(7)
  })

  it('is never suspended with after: Infinity', async () => {
    await using runtime = new TaskRuntime({ threads: one, suspend: { after: Number.POSITIVE_INFINITY } })
    const { words, call } = counting(runtime)
    for (let round = 0; round < 8; round++) expect(await call('exit')).toMatchObject({ status: 'crashed' })
    expect(await call('complete')).toMatchObject({ status: 'completed' })
    expect(words[0]).toBe(9)
  })

  it('is not suspended for calls that gave way, failed or were canceled', async () => {
    await using runtime = new TaskRuntime({ threads: one, timeout: 100, grace: 20_000, suspend: { after: 2 } })
    for (let round = 0; round < 3; round++) {
      const outcome = await runtime.startNew(stop.PollsItsSignal, { words: sharedWords() }).completion
      expect(outcome).toMatchObject({ status: 'timed-out', error: { stoppedBy: 'signal' } })
    }
    for (let round = 0; round < 3; round++) {
      const words = sharedWords()
      const handle = runtime.startNew(stop.Loops, { words }, { timeout: 50_000 })
      await until(() => words[0] === 1)
      handle.cancel()
      expect(await handle.completion).toMatchObject({ status: 'canceled' })
    }
    const words = sharedWords()
    expect(await runtime.startNew(stop.PollsItsSignal, { words }).completion).toMatchObject({ status: 'timed-out' })
    const last = runtime.startNew(stop.Loops, { words })
    expect(await last.completion).toMatchObject({ status: 'timed-out' })
  })
})
