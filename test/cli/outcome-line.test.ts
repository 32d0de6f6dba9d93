import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it } from 'vitest'
import { oneLine, outcomeJson, outcomeText } from '../../src/cli/outcome-line.js'
import { TaskFailedError, TaskTimedOutError } from '../../src/errors.js'
import type { TaskOutcome } from '../../src/outcome.js'

const timing = { queued: 1.23456, connecting: 0, running: 12.3456, total: 13.58016 }
const base = { id: 7, task: 'Count', started: true, threadId: 3, timing }
const failed: TaskOutcome<unknown> = {
  ...base,
  status: 'failed',
  error: new TaskFailedError('Count', 'running', new RangeError('no\n  such\u001b[2J row', { cause: { row: 4n } })),
}

describe('outcomeJson', () => {
  it('is one line, with the line it came from', () => {
    const text = outcomeJson({ ...base, status: 'completed', value: { text: 'a\nb' } }, 9)
    expect(text).not.toContain('\n')
    expect(JSON.parse(text)).toEqual({
      ...{ id: 7, line: 9, status: 'completed', value: { text: 'a\nb' }, started: true, threadId: 3 },
      timing: { queued: 1.235, connecting: 0, running: 12.346, total: 13.58 },
    })
  })

  it('tells an error with its facts and causes', () => {
    expect(JSON.parse(outcomeJson(failed, 1))).toMatchObject({
      status: 'failed',
      error: {
        name: 'TaskFailedError',
        code: 'OFFMAIN_TASK_FAILED',
        task: 'Count',
        phase: 'running',
        cause: {
          name: 'RangeError',
          message: 'no\n  such\u001b[2J row',
          cause: { row: '4' },
          stack: expect.any(String),
        },
      },
    })
    const stuckAt = [{ function: 'run', url: 'file:///a.mjs', line: 3, column: 5 }]
    const error = new TaskTimedOutError('Count', 500, 512, 'running', 'interrupt', stuckAt)
    expect(JSON.parse(outcomeJson({ ...base, status: 'timed-out', error }, 1))).toMatchObject({
      error: { timeout: 500, elapsed: 512, stoppedBy: 'interrupt', stuckAt },
    })
  })
})

describe('outcomeText', () => {
  it('is one line without control characters', () => {
    expect(stripVTControlCharacters(outcomeText({ ...base, status: 'completed', value: undefined }, 9))).toBe(
      '     9  completed     12.3 ms  undefined',
    )
    expect(stripVTControlCharacters(outcomeText(failed, 10_000_000))).toBe(
      '10000000  failed        12.3 ms  Task Count failed while running: RangeError: no such?[2J row',
    )
  })
})

describe('oneLine', () => {
  it('joins lines and shows no control characters', () => {
    expect(oneLine('a \r\n\n  b\u0007c\td')).toBe('a b?c?d')
  })
})
