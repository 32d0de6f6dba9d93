import { expect, it } from 'vitest'
import { QueueFullError } from '../../src/errors.js'
import { QueueGate } from '../../src/scheduling/queue-gate.js'

it('says of a call that can never wait that it is too large, and not that the queue is full', () => {
  const told: string[] = []
  const listener = { queueFull: () => told.push('full'), queueDrained: () => told.push('drained') }
  const gate = new QueueGate({ size: 1, bytes: 40 }, { limit: 10, bytes: 100 }, listener)
  gate.admit(60)
  expect(() => gate.admit(101)).toThrow(
    'The parameters take 101 bytes, and the queue has room for 100: raise options.queue.bytes',
  )
  expect(told).toEqual([])
  expect(() => gate.admit(61)).toThrow(QueueFullError)
  expect(() => gate.admit(61)).toThrow(/^The queue is full: 40 bytes of at most 100 are waiting/)
  expect(told).toEqual(['full', 'full'])
})
