import { createWriteStream, writeFileSync } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import { everyday, fixtures, jsonOf, offmain } from './offmain-process.js'
import { TemporaryFolder } from './temporary-folder.js'

describe('offmain run --input', () => {
  it('runs 10 000 lines and prints their outcomes in order', async () => {
    using folder = new TemporaryFolder()
    const input = folder.file('calls.ndjson')
    writeFileSync(input, Array.from({ length: 10_000 }, (_, i) => JSON.stringify({ i })).join('\n'))
    const ended = await offmain(['run', everyday, 'Echo', '--input', input, '--json'])
    const { records, summary } = jsonOf(ended)
    const seen = (records as { line: number; value: { i: number } }[]).map(({ line, value }) => [line, value.i])
    expect(seen).toEqual(Array.from({ length: 10_000 }, (_, i) => [i + 1, i]))
    expect(summary).toMatchObject({ calls: 10_000, statuses: { completed: 10_000 } })
    expect(ended.code).toBe(0)
  })

  it('reads standard input, skips blank lines and keeps counting them', async () => {
    const ended = await offmain(['run', everyday, 'Echo', '--input', '-', '--json'], {
      stdin: '1\n\n  \r\n{"a":2}\r\n"x"',
    })
    expect(jsonOf(ended).records).toMatchObject([
      { line: 1, value: 1 },
      { line: 4, value: { a: 2 } },
      { line: 5, value: 'x' },
    ])
    expect(ended.code).toBe(0)
  })

  it('runs nothing for an empty input', async () => {
    const ended = await offmain(['run', everyday, 'Echo', '--input', '-', '--json'])
    expect(jsonOf(ended)).toMatchObject({ records: [], summary: { calls: 0 } })
    expect(ended.code).toBe(0)
  })

  it('exits with 1 when some line fails, and runs the others', async () => {
    const stdin = '{"fail":false}\n{"fail":true}\n{"fail":false}\n'
    const ended = await offmain(['run', everyday, 'FailOn', '--input', '-', '--json'], { stdin })
    const statuses = (jsonOf(ended).records as { status: string }[]).map(({ status }) => status)
    expect(statuses).toEqual(['completed', 'failed', 'completed'])
    expect(ended.code).toBe(1)
  })

  it('stops at a line that is not JSON, names it, and has run the lines before it', async () => {
    const ended = await offmain(['run', everyday, 'Echo', '--input', '-', '--json'], { stdin: '1\n2\nthree\n4\n' })
    const { records, summary } = jsonOf(ended)
    expect(records).toMatchObject([
      { line: 1, status: 'completed' },
      { line: 2, status: 'completed' },
    ])
    expect(summary).toMatchObject({ calls: 2 })
    expect(ended.stderr).toMatch(/^offmain: line 3 is not JSON: .*\n$/)
    expect(ended.code).toBe(2)
  })

  it('names the line that cannot cross to a thread', async () => {
    const ended = await offmain(['run', everyday, 'Echo', '--input', '-'], { stdin: '1\n{"__proto__":2}\n3' })
    expect(ended.stderr).toMatch(/^offmain: line 2 cannot be sent to a thread: own __proto__ key at .*\n$/)
    expect(ended.code).toBe(2)
  })

  it('takes a file of many times its memory', async () => {
    using folder = new TemporaryFolder()
    const reportPeak = pathToFileURL(`${fixtures}report-peak-memory.mjs`).href
    // As strings the lines would burst the heap; buffers would show in the peak.
    const env = { NODE_OPTIONS: `--max-old-space-size=48 --import ${reportPeak}` }
    const peakOf = async (lines: number): Promise<number> => {
      const input = folder.file(`${lines}.ndjson`)
      await pipeline(Readable.from(longLines(lines)), createWriteStream(input))
      const ended = await offmain(['run', everyday, 'Echo', '--threads', '2', '--json', '--input', input], { env })
      expect(jsonOf(ended).summary).toMatchObject({ calls: lines, statuses: { completed: lines } })
      expect(ended.code).toBe(0)
      return peakMb(ended.stderr)
    }
    // 48 MB, then 112 MB: half of what was added would be too much.
    const base = await peakOf(750)
    let added = (await peakOf(1_750)) - base
    // A peak also shows when garbage happened to be collected. What is kept would be there each time.
    for (let again = 0; again < 2 && added >= 32; again++) added = Math.min(added, (await peakOf(1_750)) - base)
    expect(added).toBeLessThan(32)
  }, 120_000)
})

function* longLines(count: number): Generator<string> {
  const text = 'x'.repeat(64_000)
  for (let i = 0; i < count; i++) yield `${JSON.stringify({ i, text })}\n`
}

function peakMb(stderr: string): number {
  const peak = /^peak (\d+)$/m.exec(stderr)
  expect(peak, stderr).not.toBeNull()
  return Number(peak?.[1]) / 1_024
}
