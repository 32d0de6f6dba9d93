import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { decode } from '../../src/contract/codec.js'
import { ControlBlock } from '../../src/contract/control-block.js'
import { CallContext, PROGRESS_INTERVAL_MS } from '../../workers/task-context.js'

let control: ControlBlock
let posted: unknown[]
let context: CallContext

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  control = new ControlBlock()
  posted = []
  context = new CallContext(17, { id: 'ada' }, 2, control, (value) => posted.push(decode(value)))
})

afterEach(() => {
  vi.useRealTimers()
})

describe('progress', () => {
  it('goes out at once, then at most once in an interval, the last value winning', () => {
    for (const value of [1, 2, 3]) context.progress(value)
    expect(posted).toEqual([1])
    vi.advanceTimersByTime(PROGRESS_INTERVAL_MS)
    expect(posted).toEqual([1, 3])
    vi.advanceTimersByTime(PROGRESS_INTERVAL_MS)
    context.progress(4)
    expect(posted).toEqual([1, 3, 4])
  })

  it('of the last value goes out as the call ends, and nothing after it', () => {
    context.progress(1)
    context.progress(2)
    context.end()
    expect(posted).toEqual([1, 2])
    context.progress(3)
    vi.advanceTimersByTime(10 * PROGRESS_INTERVAL_MS)
    expect(posted).toEqual([1, 2])
  })

  it('is encoded as it is reported: later changes are not seen', () => {
    const value = { done: 1 }
    context.progress(0)
    context.progress(value)
    value.done = 99
    context.end()
    expect(posted).toEqual([0, { done: 1 }])
  })

  it('that cannot cross throws, and says where', () => {
    expect(() => context.progress({ f: () => 1 })).toThrow(/\$\.f/)
    expect(posted).toEqual([])
  })
})

describe('the signal', () => {
  it('tells the scheduler that it is looked at only once it is', () => {
    expect(control.hasLooked(2)).toBe(false)
    expect(context.signal.aborted).toBe(false)
    expect(control.hasLooked(2)).toBe(true)
  })

  it('reads the shared memory, so that a synchronous loop sees it', () => {
    const { signal } = context
    signal.throwIfAborted()
    control.ask(2)
    expect(signal.aborted).toBe(true)
    expect(() => signal.throwIfAborted()).toThrow('The call was asked to stop')
  })

  it('does not heed a word to another call', () => {
    const { signal } = context
    control.ask(1)
    expect(signal.aborted).toBe(false)
  })

  it('tells its listeners once', () => {
    let heard = 0
    context.signal.addEventListener('abort', () => heard++)
    context.abort()
    context.abort()
    expect(heard).toBe(1)
    expect(context.signal.reason).toMatchObject({ name: 'AbortError' })
  })

  it('of a call that has ended is not the next call’s', () => {
    const { signal } = context
    context.end()
    control.ask(2)
    expect(signal.aborted).toBe(false)
  })

  it('works with what takes an AbortSignal', async () => {
    const race = AbortSignal.any([context.signal, new AbortController().signal])
    context.abort()
    expect(race.aborted).toBe(true)
  })
})
