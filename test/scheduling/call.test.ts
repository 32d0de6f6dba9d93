import { describe, expect, it } from 'vitest'
import { KeepAlive } from '../../src/scheduling/keep-alive.js'
import { canceledInQueue } from '../../src/scheduling/settlement.js'
import { Statistics } from '../../src/scheduling/statistics.js'
import { newCall } from './new-call.js'

describe('a call', () => {
  it('settles once: the first settlement stays', () => {
    const call = newCall(1)
    const first = canceledInQueue('first', 1)
    expect(call.settle(first)).toBe(true)
    expect(call.settle(canceledInQueue('second', 2))).toBe(false)
    expect(call.settlement).toBe(first)
  })

  it('tells each listener once, also one that comes late', () => {
    const call = newCall(1)
    const heard: string[] = []
    for (const name of ['a', 'b', 'c']) call.whenSettled(() => heard.push(name))
    call.settle(canceledInQueue('', 1))
    call.settle(canceledInQueue('', 2))
    call.whenSettled(() => heard.push('late'))
    expect(heard).toEqual(['a', 'b', 'c', 'late'])
  })
})

describe('what keeps the process alive', () => {
  it('counts what is pending', () => {
    const keepAlive = new KeepAlive()
    keepAlive.hold()
    keepAlive.hold()
    keepAlive.release()
    expect(keepAlive.pending).toBe(1)
    keepAlive.release()
    expect(keepAlive.pending).toBe(0)
    keepAlive.end()
  })
})

describe('statistics', () => {
  it('are all 0 before the first call', () => {
    const statistics = new Statistics()
    const none = { p50: 0, p90: 0, p99: 0, max: 0, mean: 0 }
    expect([statistics.wait, statistics.run, statistics.meanBatchSize]).toEqual([none, none, 0])
  })

  it('count by status, and measure only calls that a thread took', () => {
    const statistics = new Statistics()
    statistics.settled(0, canceledInQueue('', 1_000))
    statistics.settled(0, {
      ...{ threadId: 1, claimedAt: 10, runAt: 12, endAt: 32 },
      ...{ status: 'crashed', phase: 'running', cause: new Error('x') },
    })
    statistics.sent(4)
    statistics.sent(2)
    expect(statistics.counts).toEqual({ completed: 0, failed: 0, 'timed-out': 0, canceled: 1, crashed: 1 })
    expect(statistics.wait.max).toBeCloseTo(10, 0)
    expect(statistics.run.max).toBeCloseTo(20, 0)
    expect(statistics.meanBatchSize).toBe(3)
  })
})
