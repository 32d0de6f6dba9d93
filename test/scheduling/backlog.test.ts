import { expect, it } from 'vitest'
import { Backlog } from '../../src/scheduling/backlog.js'
import type { Call } from '../../src/scheduling/call.js'
import { newCall, newTask } from './new-call.js'

const suspect = newTask(7)

function fill(...calls: Call[]): Backlog {
  const backlog = new Backlog()
  for (const call of calls) backlog.push(call)
  return backlog
}

function inLine(backlog: Backlog): number[] {
  const ids: number[] = []
  for (let call = backlog.shift(); call !== undefined; call = backlog.shift()) ids.push(call.id)
  return ids
}

it('lets others pass a call that is held back, and still counts it', () => {
  const held = newCall(1, { task: suspect, bytes: 30 })
  const backlog = fill(held, newCall(2, { bytes: 4 }))
  backlog.hold(held)
  expect([backlog.size, backlog.line.size, backlog.bytes]).toEqual([2, 1, 34])
  expect([...backlog].map(({ id }) => id)).toEqual([2, 1])
  expect(inLine(backlog)).toEqual([2])
  expect([backlog.size, backlog.bytes]).toEqual([1, 30])
})

it('puts calls back before those of their user that came later, in their order', () => {
  const first = newCall(1, { task: suspect, user: 5 })
  const second = newCall(2, { task: suspect, user: 5 })
  const backlog = fill(first, second, newCall(3, { user: 5 }))
  backlog.hold(first)
  backlog.hold(second)
  backlog.release(() => true)
  expect(inLine(backlog)).toEqual([1, 2, 3])
})

it('releases the calls of some tasks, by turns of their users, and keeps their order however often', () => {
  const calls = [1, 2, 3].map((id) => newCall(id, { task: suspect, user: id === 3 ? 9 : 8 }))
  const other = newCall(4, { task: newTask(6) })
  const backlog = fill(...calls, other)
  for (let time = 0; time < 3; time++) {
    for (const call of time === 0 ? [...calls, other] : calls) backlog.hold(call)
    backlog.release((task) => task === suspect)
  }
  expect([...backlog].map(({ id }) => id)).toEqual([1, 2, 3, 4])
  expect(inLine(backlog)).toEqual([1, 3, 2])
  expect([...backlog].map(({ id }) => id)).toEqual([4])
})

it('gives those of high priority first', () => {
  const low = newCall(1, { task: suspect })
  const high = newCall(2, { task: newTask(6), priority: 5 })
  const backlog = fill(low, high)
  backlog.hold(low)
  backlog.hold(high)
  expect([backlog.shiftHeld(), backlog.shiftHeld()]).toEqual([high, low])
})

it('gives one that is held back to whoever asks for it', () => {
  const call = newCall(1, { task: suspect })
  const backlog = fill(call)
  expect(backlog.shiftHeld()).toBeUndefined()
  backlog.hold(call)
  expect(backlog.shiftHeld()).toBe(call)
  expect([backlog.shiftHeld(), backlog.size]).toEqual([undefined, 0])
})

it('removes a call wherever it waits, and none that does not', () => {
  const held = newCall(1, { task: suspect })
  const line = newCall(2, { task: suspect })
  const backlog = fill(held, line)
  backlog.hold(held)
  expect([held, line, held, newCall(3)].map((call) => backlog.remove(call))).toEqual([true, true, false, false])
  expect([backlog.size, backlog.line.size]).toEqual([0, 0])
})
