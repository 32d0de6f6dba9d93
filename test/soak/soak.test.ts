import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const script = fileURLToPath(new URL('./soak.mjs', import.meta.url))

interface Summary {
  readonly ok: boolean
  readonly tasks: number
  readonly seed: number
  readonly statuses: Readonly<Record<string, number>>
  readonly rss: { readonly bytesPer1000Tasks: number }
  readonly violations: readonly string[]
}

function soak(
  ...args: string[]
): Promise<{ code: unknown; lines: readonly string[]; stderr: string; summary: Summary }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [script, ...args], { timeout: 55_000 }, (error, stdout, stderr) => {
      const lines = stdout.trimEnd().split('\n')
      resolve({ code: error?.code ?? 0, lines, stderr, summary: JSON.parse(lines.at(-1) ?? '') as Summary })
    })
  })
}

describe('the soak', () => {
  it('of 300 calls passes, with one line of JSON', async () => {
    const { code, lines, stderr, summary } = await soak('--tasks', '300', '--seed', '2')
    expect(summary.violations).toEqual([])
    expect({ code, lines: lines.length, stderr }).toEqual({ code: 0, lines: 1, stderr: '' })
    expect(summary).toMatchObject({ ok: true, tasks: 300, seed: 2 })
    expect(Object.values(summary.statuses).reduce((sum, count) => sum + count)).toBe(300)
    expect(Object.keys(summary.statuses).sort()).toEqual(['canceled', 'completed', 'crashed', 'failed', 'timed-out'])
    expect(summary.rss.bytesPer1000Tasks).toEqual(expect.any(Number))
  })

  it('fails when it should, and says of each wrong why', async () => {
    const wrongs = ['innocent', 'twice', 'lost', 'owner', 'listener', 'descriptor']
    const { code, summary } = await soak(
      '--tasks',
      '40',
      '--seed',
      '3',
      ...wrongs.flatMap((each) => ['--sabotage', each]),
    )
    expect(code).toBe(1)
    expect(summary.ok).toBe(false)
    for (const violation of [
      /^outcome: .* of slot 10 is failed/,
      /^started twice: .* of slot 11 was started 2 times/,
      /^settled: .* of slot 12 settled 0 times/,
      /^connection: slot 13 of user-\d got that of nobody/,
      /^left behind: listeners/,
      /^left behind: descriptors/,
    ]) {
      expect(summary.violations).toContainEqual(expect.stringMatching(violation))
    }
  })
})
