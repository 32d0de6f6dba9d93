import { describe, expect, it } from 'vitest'
import { runProgram } from '../runtime/run-program.js'

describe('a thread that sits in native code', () => {
  it('is counted and reported; its call times out, others go on, and close settles', async () => {
    const { output, code } = await runProgram(new URL('./fixtures/stuck.mjs', import.meta.url))
    expect(code).toBe(0)
    const [report] = output
    expect(report).toEqual({
      outcome: { status: 'timed-out', stoppedBy: 'nothing', started: true, limit: 300 },
      event: { task: 'Sleep' },
      whileStuck: { stuckThreads: 1, snapshot: ['Sleep'] },
      other: 2,
      closed: { stuckThreads: 1, canceled: 0 },
      closedInTime: true,
    })
  })

  it('refuses new calls once as many threads as threads.max are stuck, and takes them again when one comes back', async () => {
    const { output, code } = await runProgram(new URL('./fixtures/all-stuck.mjs', import.meta.url))
    expect(code).toBe(0)
    expect(output).toEqual([{ refused: 'OFFMAIN_STUCK_THREADS', stuckThreads: 1, afterwards: 2, stuckAfterwards: 0 }])
  })
})
