import { expect, it } from 'vitest'
import { runScript } from './script.js'

// Of each module, so 12 of each kind. `OFFMAIN_TEST_ROUNDS=50 npx vitest run test/faults/process-survives` is worth it after
// a change to the watchdog.
const times = Number(process.env.OFFMAIN_TEST_ROUNDS ?? 6)
const loops = [
  'for-loop',
  'loop-in-catch',
  'loop-in-finally',
  'loop-that-catches',
  'loop-in-sort',
  'loop-in-generator',
  'promise-loop',
  'catastrophic-regexp',
  'atomics-wait',
  'webassembly-loop',
]
const turns = [
  'loop-in-then',
  'microtask-loop',
  'queued-microtask-loop',
  'tick-loop',
  'immediate-loop',
  'timer-loop',
  'busy-timer-loop',
  'never-settles',
]

/** @param how `bare`: modules as they come; `hooked`: with their own AsyncLocalStorage and async hooks */
export function survives(how: 'bare' | 'hooked'): void {
  it.each([[loops], [turns]])('%s', async (faults) => {
    const { code, signal, stderr, report } = await runScript('survive.mjs', [faults.join(), String(times), how])
    expect({ code, signal, survived: stderr.trim().split('\n') }).toEqual({ code: 0, signal: null, survived: faults })
    const { outcomes } = report as { outcomes: Record<string, Record<string, number>> }
    for (const fault of faults) {
      const counts = Object.entries(outcomes[fault] ?? {})
      expect(counts.reduce((sum, [, count]) => sum + count, 0)).toBe(times)
      expect(counts.filter(([outcome]) => !/^timed-out (interrupt|terminate)$/.test(outcome))).toEqual([])
    }
  })
}
