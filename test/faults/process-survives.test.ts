import { describe, expect, it } from 'vitest'
import { runScript } from './script.js'

// Of each module. `OFFMAIN_TEST_ROUNDS=50 npx vitest run test/faults/process-survives` takes minutes and is worth it after a
// change to the watchdog.
const times = Number(process.env.OFFMAIN_TEST_ROUNDS ?? 4)
const kinds = [
  'for-loop',
  'loop-in-catch',
  'loop-in-finally',
  'loop-that-catches',
  'loop-in-then',
  'loop-in-sort',
  'loop-in-generator',
  'microtask-loop',
  'queued-microtask-loop',
  'tick-loop',
  'immediate-loop',
  'timer-loop',
  'busy-timer-loop',
  'never-settles',
  'catastrophic-regexp',
  'atomics-wait',
  'webassembly-loop',
]

describe.each([
  ['of a module as it comes', 'bare'],
  ['of a module with its own AsyncLocalStorage and async hooks', 'hooked'],
])('the process survives it again and again, and so do the calls beside it, a fault %s:', (_, how) => {
  it.each(kinds)('%s', async (name) => {
    const { code, signal, stderr, report } = await runScript('survive.mjs', [name, String(times), how])
    expect({ code, signal, stderr }).toEqual({ code: 0, signal: null, stderr: '' })
    const { outcomes } = report as { outcomes: Record<string, number> }
    expect(Object.values(outcomes).reduce((sum, count) => sum + count)).toBe(times)
    expect(Object.keys(outcomes).filter((outcome) => !/^timed-out (interrupt|terminate)$/.test(outcome))).toEqual([])
  })
})
