import { expect, it } from 'vitest'
import { runningFrames } from '../../workers/running-frames.js'

function findMe(): ReturnType<typeof runningFrames> {
  return runningFrames()
}

it('are those that the caller stands on, innermost first', () => {
  const [frame] = findMe()
  expect(frame).toMatchObject({ function: 'findMe', url: import.meta.url.split('?')[0] })
  expect(frame?.line).toBeGreaterThan(0)
  expect(frame?.column).toBeGreaterThan(0)
})

it('leave Error as it was', () => {
  const prepare = (): string => 'mine'
  const { prepareStackTrace, stackTraceLimit } = Error
  try {
    Error.prepareStackTrace = prepare
    Error.stackTraceLimit = 3
    expect(findMe()[0]?.function).toBe('findMe')
    expect([Error.prepareStackTrace, Error.stackTraceLimit]).toEqual([prepare, 3])
  } finally {
    Error.prepareStackTrace = prepareStackTrace
    Error.stackTraceLimit = stackTraceLimit
  }
})

it('are none where Error is locked', () => {
  const before = Object.getOwnPropertyDescriptor(Error, 'stackTraceLimit') as PropertyDescriptor
  Object.defineProperty(Error, 'stackTraceLimit', { value: 10, writable: false, configurable: true })
  try {
    expect(findMe()).toEqual([])
  } finally {
    Object.defineProperty(Error, 'stackTraceLimit', before)
  }
})
