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
  it.each(['1', '2'])('of 300 calls passes, with one line of JSON (seed %s)', async (seed) => {
    const { code, lines, stderr, summary } = await soak('--tasks', '300', '--seed', seed)
    expect(summary.violations).toEqual([])
    expect({ code, lines: lines.length, stderr }).toEqual({ code: 0, lines: 1, stderr: '' })
    expect(summary).toMatchObject({ ok: true, tasks: 300, seed: Number(seed) })
    expect(Object.values(summary.statuses).reduce((sum, count) => sum + count)).toBe(300)
    expect(Object.keys(summary.statuses).sort()).toEqual(['canceled', 'completed', 'crashed', 'failed', 'timed-out'])
    expect(summary.rss.bytesPer1000Tasks).toEqual(expect.any(Number))
  })

  it.each([
    ['innocent', /^outcome: .* of slot 10 is failed/],
    ['twice', /^started twice: .* of slot 11 was started 2 times/],
    ['lost', /^settled: .* of slot 12 settled 0 times/],
    ['owner', /^connection: slot 13 of user-\d got that of nobody/],
    ['listener', /^left behind: listeners/],
    ['descriptor', /^left behind: descriptors/],
  ])('fails when it should: %s', async (what, violation) => {
    const { code, summary } = await soak('--tasks', '40', '--seed', '3', '--sabotage', what)
    expect(code).toBe(1)
    expect(summary.ok).toBe(false)
    expect(summary.violations).toContainEqual(expect.stringMatching(violation))
  })
})
