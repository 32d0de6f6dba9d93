import { EventEmitter } from 'node:events'
import { expect, it } from 'vitest'
import { ControlBlock } from '../../src/contract/control-block.js'
import { callInterruptibly, hold as holdBelow } from '../../workers/interruption.js'

function hold(control: ControlBlock): ReturnType<typeof holdBelow> {
  return holdBelow(control, hold as () => unknown)
}

it('passes on what the code returns and throws', () => {
  expect(callInterruptibly(() => 7)).toBe(7)
  expect(() => callInterruptibly(() => JSON.parse('{'))).toThrow(SyntaxError)
})

it('holds nothing in code that it has not called, or that has returned', () => {
  const control = new ControlBlock()
  control.wantHold()
  expect(hold(control)).toBe('never')
  callInterruptibly(() => {})
  expect(hold(control)).toBe('never')
  expect(control.withdrawHold()).toBe(true)
})

it('holds nothing in a later turn of the code that it has called', async () => {
  const control = new ControlBlock()
  control.wantHold()
  const later = callInterruptibly(async () => {
    await undefined
    return hold(control)
  })
  expect(await later).toBe('never')
})

it('holds nothing once the wish was withdrawn', () => {
  expect(callInterruptibly(() => hold(new ControlBlock()))).toBe('never')
})

it('lets code of Node end first', () => {
  const control = new ControlBlock()
  control.wantHold()
  const replies: string[] = []
  const emitter = new EventEmitter().on('now', function heard() {
    // What holds is called right by Node here.
    replies.push(holdBelow(control, heard))
  })
  callInterruptibly(() => emitter.emit('now'))
  expect(replies).toEqual(['later'])
  expect(control.withdrawHold()).toBe(true)
})
