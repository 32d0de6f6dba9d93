import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it } from 'vitest'
import { type DemoReport, demoText, isAsExpected } from '../../src/cli/demo-report.js'
import { DigestTally } from '../../src/cli/digest-tally.js'
import { lagOf } from '../../src/cli/event-loop-lag.js'
import { TaskCrashedError } from '../../src/errors.js'

const base = { id: 1, task: 'DigestFile', started: true, threadId: 1 }
const timing = { queued: 0, connecting: 0, running: 1, total: 1 }
const digest = { path: '/a', bytes: 10, sha256: '', brotliBytes: 5, lines: 1, words: 2, user: 'ada' }
const completed = { ...base, timing, status: 'completed', value: digest } as const
const crashed = {
  ...base,
  timing,
  status: 'crashed',
  error: new TaskCrashedError('T', 'running', new Error('x')),
} as const

describe('the demo is as expected', () => {
  const report = (tally: DigestTally, third: 'timed-out' | 'completed' = 'timed-out'): DemoReport => ({
    ...tally,
    elapsed: 1_500,
    megabytesPerSecond: 1,
    runaways: (['timed-out', 'timed-out', third] as const).map((status) => ({ task: 'Loop', status, elapsed: 501 })),
    eventLoopLag: { resolution: 1, p50: 0.1, p99: 1, max: 2 },
  })

  it('when every file has its result and exactly the runaways timed out', () => {
    const tally = new DigestTally()
    tally.add('/a', 'ada', completed)
    expect(isAsExpected(report(tally))).toBe(true)
    expect(isAsExpected(report(tally, 'completed'))).toBe(false)
  })

  it.each<[string, (tally: DigestTally) => void, string]>([
    ['a file has no result', (tally) => tally.add('/b', 'ada', crashed), 'crashed: /b: Task T lost its thread'],
    [
      'a task saw another user',
      (tally) => tally.add('/b', 'grace', completed),
      'wrong user: /b: acted for ada, not grace',
    ],
    [
      'a folder was not read',
      (tally) => tally.addUnreadable('/c', new Error('EACCES')),
      'unreadable folder: /c: EACCES',
    ],
  ])('not when %s', (_, spoil, told) => {
    const tally = new DigestTally()
    tally.add('/a', 'ada', completed)
    spoil(tally)
    expect(isAsExpected(report(tally))).toBe(false)
    expect(demoText(report(tally))).toContain(told)
  })

  it('tells the first failures and counts the others', () => {
    const tally = new DigestTally()
    for (let i = 0; i < 1_000; i++) tally.add(`/${i}`, 'ada', crashed)
    expect(tally.failures).toHaveLength(10)
    expect(demoText(report(tally))).toContain('and 990 more')
  })

  it('lines up its tables, colours or not', () => {
    const tally = new DigestTally()
    tally.add('/a', 'ada', completed)
    const text = stripVTControlCharacters(demoText(report(tally)))
    expect(text).toContain('status     files  runaways\ncompleted      1         0\nfailed         0         0\n')
  })
})

describe('the lag of the event loop', () => {
  it('is what lies beyond the sampling interval', () => {
    const values = { count: 9, max: 12.5e6, percentile: (p: number) => (p === 50 ? 0.9e6 : 3e6) }
    expect(lagOf(values, 1)).toEqual({ resolution: 1, p50: 0, p99: 2, max: 11.5 })
  })

  it('is none where nothing was sampled', () => {
    // Of an empty histogram Node gives the largest number as its minimum.
    expect(lagOf({ count: 0, max: 9.2e18, percentile: () => 9.2e18 }, 1)).toEqual({
      resolution: 1,
      p50: 0,
      p99: 0,
      max: 0,
    })
  })
})
