import { describe, expect, it } from 'vitest'
import { runProgram } from './run-program.js'

const script = new URL('./fixtures/process-life.mjs', import.meta.url)
const exitWhileLookedAt = new URL('../watchdog/fixtures/exit-while-looked-at.mjs', import.meta.url)

describe('the process', () => {
  it.each([
    ['never-used', 'whose runtime was never used nor closed'],
    ['never-closed', 'whose runtime has served calls and was never closed'],
    ['idle-after-timeout', 'that has seen a call time out'],
    ['closed', 'whose runtime was closed'],
    ['handles-dropped', 'that keeps no handle of its calls'],
  ])('%s: a script %s ends by itself', async (what) => {
    const { code, output, stderr, ms } = await runProgram(script, [what])
    expect(stderr).toBe('')
    expect({ code, output }).toEqual({ code: 0, output: [`done ${what}`] })
    expect(ms).toBeLessThan(20_000)
  })

  it('stays alive while a call is pending, although nothing else keeps it', async () => {
    const { code, output } = await runProgram(script, ['pending'])
    expect({ code, output }).toEqual({ code: 0, output: ['done pending', 'settled completed'] })
  })

  it('stays alive until a call that awaits for ever has timed out', async () => {
    const { code, output } = await runProgram(script, ['pending-for-ever'])
    expect({ code, output }).toEqual({ code: 0, output: ['done pending-for-ever', 'settled timed-out'] })
  })

  it('stays alive until a close has settled', async () => {
    const { code, output } = await runProgram(script, ['closing'])
    expect({ code, output }).toEqual({ code: 0, output: ['done closing', 'closed'] })
  })

  it('exits when told so, also while the watchdog looks at a thread', async () => {
    const { code, stderr } = await runProgram(exitWhileLookedAt)
    expect({ code, stderr }).toEqual({ code: 7, stderr: '' })
  })
})

describe('a thread that runs out of memory under resourceLimits', () => {
  it('settles its call as crashed and is replaced; the process lives', async () => {
    const { code, output } = await runProgram(new URL('./fixtures/out-of-memory.mjs', import.meta.url))
    expect(code).toBe(0)
    expect(output).toEqual([
      {
        status: 'crashed',
        started: true,
        code: 'OFFMAIN_TASK_CRASHED',
        cause: 'ERR_WORKER_OUT_OF_MEMORY',
        next: { status: 'completed', onAnotherThread: true },
      },
    ])
  })
})
