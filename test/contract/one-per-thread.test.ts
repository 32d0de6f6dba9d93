import { describe, expect, it } from 'vitest'
import { onePerThread } from '../../src/contract/one-per-thread.js'
import { share, transfer, travelsBeside } from '../../src/contract/transfer.js'

type Transfer = typeof import('../../src/contract/transfer.js')

describe('what all copies of offmain share', () => {
  it('is made once, and found by its name', () => {
    const made = onePerThread('test.1', () => ({ by: 'the first' }))
    expect(onePerThread('test.1', () => ({ by: 'the second' }))).toBe(made)
    expect(onePerThread('test.2', () => ({ by: 'the second' }))).toEqual({ by: 'the second' })
  })

  it('cannot be replaced by a task', () => {
    const made = onePerThread('test.3', () => ({}))
    expect(() => Object.defineProperty(globalThis, Symbol.for('offmain.test.3'), { value: {} })).toThrow(TypeError)
    expect(onePerThread('test.3', () => ({}))).toBe(made)
  })

  it('holds the marks of transfer() and share(), whichever copy made them', async () => {
    const copy = (await import(
      `${new URL('../../dist/src/contract/transfer.js', import.meta.url)}?another`
    )) as Transfer
    expect(copy.transfer).not.toBe(transfer)
    const buffers = [transfer(new ArrayBuffer(8)), share(new SharedArrayBuffer(8))]
    expect(buffers.map(copy.travelsBeside)).toEqual([true, true])
    expect(travelsBeside(copy.transfer(new ArrayBuffer(8)))).toBe(true)
    expect(copy.travelsBeside(new ArrayBuffer(8))).toBe(false)
  })
})
