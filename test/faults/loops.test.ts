import { TaskTimedOutError } from 'offmain'
import { describe, expect, it } from 'vitest'
import { type Fault, LIMIT, lineOf, START_LIMIT, Zoo } from './zoo.js'

async function timesOut(fault: Fault): Promise<TaskTimedOutError> {
  await using zoo = new Zoo({ ...fault, isEndless: true })
  const outcome = await zoo.unleash()
  await zoo.innocentsComplete()
  if (outcome.status !== 'timed-out') expect.fail(`${outcome.status}`)
  expect(outcome.error).toBeInstanceOf(TaskTimedOutError)
  const isLoaded = !fault.name.startsWith('top-level')
  const timeout = isLoaded ? LIMIT : START_LIMIT
  expect(outcome.error).toMatchObject({ code: 'OFFMAIN_TASK_TIMED_OUT', task: fault.name, timeout })
  expect(outcome.error.elapsed).toBeGreaterThanOrEqual(timeout)
  expect(outcome.started).toBe(isLoaded)
  return outcome.error
}

describe('a loop that nothing leaves is interrupted in place where that is safe and its line named, while five calls of another user complete', () => {
  it.each<Fault & { readonly phase?: string; readonly stoppedBy?: string }>([
    { name: 'for-loop' },
    { name: 'promise-loop' },
    { name: 'loop-in-catch' },
    { name: 'loop-in-finally' },
    { name: 'loop-that-catches' },
    { name: 'loop-in-constructor', provable: false },
    { name: 'loop-in-set-user-connection', provable: false },
    { name: 'loop-in-then-getter' },
    { name: 'loop-in-encoder', phase: 'encoding' },
    { name: 'loop-in-sort' },
    { name: 'catastrophic-regexp' },
    { name: 'atomics-wait' },
    // Called by Node, not by offmain: not to be terminated in place.
    { name: 'loop-in-then', stoppedBy: 'terminate' },
    { name: 'top-level-loop', provable: false, phase: 'loading', stoppedBy: 'terminate' },
  ])('$name', async ({ phase = 'running', stoppedBy = 'interrupt', ...fault }) => {
    const error = await timesOut(fault)
    expect(error).toMatchObject({ phase, stoppedBy })
    expect(error.stuckAt?.[0]).toMatchObject(lineOf(fault.name))
    const { url, line } = lineOf(fault.name)
    expect(error.message).toContain(`${url}:${line}:`)
  })

  it.each([{ name: 'loop-in-generator' }, { name: 'loop-in-vm' }, { name: 'webassembly-loop' }])(
    '$name, though its innermost frame is elsewhere',
    async (fault) => {
      const error = await timesOut(fault)
      expect(error).toMatchObject({ phase: 'running', stoppedBy: 'interrupt' })
      expect(error.stuckAt).toContainEqual(expect.objectContaining(lineOf(fault.name)))
    },
  )
})

describe('a loop of turns is stopped, and its line named where one turn is all there is, while five calls of another user complete', () => {
  it.each([{ name: 'microtask-loop' }, { name: 'queued-microtask-loop' }, { name: 'tick-loop' }])(
    '$name',
    async (fault) => {
      const error = await timesOut(fault)
      expect(error.stoppedBy).toBe('terminate')
      expect(error.stuckAt?.[0]).toMatchObject(lineOf(fault.name))
    },
  )

  it.each([{ name: 'immediate-loop' }, { name: 'busy-timer-loop' }])('$name', async (fault) => {
    const error = await timesOut(fault)
    expect(['interrupt', 'terminate']).toContain(error.stoppedBy)
  })
})

describe('a call that awaits for ever leaves its thread to go by itself, while five calls of another user complete', () => {
  it.each<Fault & { readonly phase?: string }>([
    { name: 'never-settles' },
    { name: 'thenable-without-callback' },
    { name: 'timer-loop' },
    { name: 'top-level-await', provable: false, phase: 'loading' },
  ])('$name', async ({ phase = 'running', ...fault }) => {
    const error = await timesOut(fault)
    expect(error).toMatchObject({ phase, stoppedBy: 'interrupt', stuckAt: undefined })
  })
})
