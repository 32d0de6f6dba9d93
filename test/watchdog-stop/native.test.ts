import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { runScript } from './script.js'

interface Report {
  readonly outcome: { readonly id: number; readonly threadId: number; readonly message: string }
  readonly events: readonly { readonly threadId: number; readonly id: number }[]
}

function isTold(report: unknown, task: string): void {
  const { outcome, events } = report as Report
  const { id, threadId } = outcome
  expect(report).toMatchObject({
    outcome: { status: 'timed-out', stoppedBy: 'nothing', message: expect.stringContaining('could not be stopped') },
    next: { status: 'completed', elsewhere: true },
    afterOne: { stuckThreads: 1, stuck: [{ id, task, threadId }] },
    afterTwo: {
      stuckThreads: 2,
      refused: { name: 'StuckThreadsError', code: 'OFFMAIN_STUCK_THREADS', stuckThreads: 2 },
    },
    close: { canceled: 0, left: [], stuckThreads: 2 },
  })
  expect(events).toHaveLength(2)
  expect(events[0]).toEqual({ threadId, id, task, user: { id: 'mallory' } })
}

describe('a thread in native code that does not return', () => {
  it('is told of with its task and counted; its lane goes on elsewhere, up to the cap; close() settles (execSync)', async () => {
    const { code, stderr, report } = await runScript('stuck.mjs', ['sleep'])
    isTold(report, 'Sleeps')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  })

  it('the same for a named pipe that nobody writes to', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'offmain-'))
    try {
      const fifo = join(folder, 'pipe')
      execFileSync('mkfifo', [fifo])
      const { code, stderr, report } = await runScript('stuck.mjs', ['fifo', fifo])
      isTold(report, 'ReadsFile')
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('no longer counts once it has returned, and calls are accepted again', async () => {
    const { code, report } = await runScript('stuck-recovers.mjs')
    expect(report).toEqual({ outcome: 'nothing', refused: 'OFFMAIN_STUCK_THREADS', next: 'completed' })
    expect(code).toBe(0)
  })
})
