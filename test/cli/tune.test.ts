import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { type Ended, ended, fixtures, offmain, startOffmain } from './offmain-process.js'
import { TemporaryFolder } from './temporary-folder.js'

const tasks = `${fixtures}tune.tasks.mjs`
const digest = fileURLToPath(new URL('../../dist/src/cli/digest.tasks.js', import.meta.url))
const ada = ['--user', '{"id":"ada","name":"Ada"}']
const brief = ['--seconds', '0.1']

interface Report {
  readonly sizes: readonly { readonly threads: number; readonly failed: number }[]
  readonly recommendation: { readonly threads: number | null; readonly pays: boolean; readonly notes: string[] }
  readonly parameters: unknown
  readonly failed: number
}

function reportOf({ stdout }: Ended): Report {
  return JSON.parse(stdout) as Report
}

describe('offmain tune', { timeout: 120_000 }, () => {
  it('advises against threads for a task of 5 µs', async () => {
    const { code, stdout, stderr } = await offmain(['tune', tasks, 'FiveMicroseconds', ...brief])
    expect(stdout).toMatch(/^inline +[\d.]+ µs a call/m)
    expect(stdout).toMatch(
      /^Recommended: no threads\nThe hop to a thread takes [\d.]+ [mµ]s and the work only [\d.]+ µs/m,
    )
    expect(stdout).not.toContain('new TaskRuntime')
    expect(stderr).toBe('')
    expect(code).toBe(0)
  })

  it('recommends threads for the task of the demo, and writes the page', async () => {
    using folder = new TemporaryFolder()
    const file = folder.file('sample.txt')
    writeFileSync(file, 'so many words for so little work\n'.repeat(20_000))
    const html = folder.file('report.html')
    const parameters = ['--parameters', JSON.stringify({ path: file })]
    const { code, stdout, stderr } = await offmain([
      'tune',
      digest,
      'DigestFile',
      ...parameters,
      ...ada,
      ...brief,
      '--html',
      html,
    ])
    expect(stderr).toBe('')
    const threads = /^Recommended: (\d+) threads?$/m.exec(stdout)?.[1]
    expect(stdout).toMatch(
      /^The work takes [\d.]+ ms of the main thread and the hop to a thread [\d.]+ [mµ]s: threads pay\.$/m,
    )
    expect(stdout).toContain(`new TaskRuntime({ threads: ${threads} })\n  OFFMAIN_THREADS=${threads}\n`)
    expect(code).toBe(0)
    const page = readFileSync(html, 'utf8')
    expect(page).toContain(`new TaskRuntime({ threads: ${threads} })`)
    expect(page).not.toMatch(/https?:\/\//)
  })

  it('prints one JSON document, having taken the parameters of the first 1 000 lines by turns', async () => {
    const stdin = `${'{"ms":2}\n'.repeat(1_000)}{}\nnonsense`
    const env = { OFFMAIN_THREADS: '3' }
    const ended = await offmain(['tune', tasks, 'Work', '--input', '-', ...brief, '--json'], { env, stdin })
    const number = expect.any(Number)
    const text = expect.any(String)
    const report = reportOf(ended)
    expect(ended.lines).toHaveLength(1)
    expect(report).toEqual({
      task: 'Work',
      module: 'test/cli/fixtures/tune.tasks.mjs',
      parameters: { count: 1_000, truncated: true },
      inline: { calls: number, p50: number, p99: number, mean: number, busy: number, throughput: number },
      hop: { calls: number, latency: { p50: number, p99: number }, cost: number },
      sizes: expect.any(Array),
      recommendation: {
        ...{ knee: number, reason: text, notes: expect.any(Array) },
        // Whether 2 ms of work are worth the hop is the machine's to say; `tune-advice.test.ts` has the rule.
        ...(report.recommendation.pays
          ? { pays: true, threads: number, set: { option: text, environment: text } }
          : { pays: false, threads: null, set: null }),
      },
      failed: 0,
      seconds: 0.1,
      machine: {
        cpu: text,
        cores: number,
        memory: number,
        load: number,
        platform: text,
        node: process.version,
        offmain: text,
      },
      date: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      command: `offmain tune ${tasks} Work --input - --seconds 0.1 --json`,
    })
    // Whatever OFFMAIN_THREADS says.
    expect(report.sizes.map(({ threads }) => threads).slice(0, 2)).toEqual([1, 2])
    for (const size of report.sizes) {
      expect(size).toEqual({
        ...{ threads: number, inFlightPerThread: 2, calls: number, failed: 0, throughput: number, gain: number },
        ...{ latency: { p50: number, p99: number }, mainThreadDelay: number, mainThreadPerCall: number },
        memoryPerThread: number,
      })
    }
    expect(ended).toMatchObject({ code: 0, stderr: '' })
  })

  it('measures a task that prints, waits, and needs a user connection', async () => {
    const connections = ['--user-connections', `${fixtures}greeting-connection.mjs`]
    const ended = await offmain(['tune', tasks, 'Greet', ...ada, ...connections, ...brief, '--json'])
    expect(ended).toMatchObject({ code: 0, stderr: '' })
    const { notes } = reportOf(ended).recommendation
    expect(notes).toContainEqual(expect.stringMatching(/^Greet waits \d\d\d? % of its time: waiting needs no thread/))
  })
})

describe('offmain tune, a task that cannot be measured', { timeout: 120_000 }, () => {
  it.each([
    ['everyday', 'Fail', /^offmain: a call of Fail did not complete \(failed\): .*TypeError: no such account$/],
    ['everyday', 'OwnLimit', /^offmain: a call of OwnLimit did not complete \(timed-out\): /],
    ['everyday', 'Exit', /^offmain: a call of Exit did not complete \(crashed\): /],
    ['everyday', 'WhoAmI', /did not complete \(failed\): .* \(here: --user\)$/],
    ['everyday', 'NoSuchTask', /did not complete \(failed\): .* exports no NoSuchTask/],
    [
      'tune',
      'FailOnMainThread',
      /^offmain: FailOnMainThread failed on the main thread: TypeError: not on this thread$/,
    ],
    ['tune', 'ExitOnMainThread', /^offmain: ExitOnMainThread ended the process that measured it \(exit code 3\)$/],
  ])('of %s: %s exits with 1 and says why', async (module, task, message) => {
    const { code, stdout, stderr } = await offmain(['tune', `${fixtures}${module}.tasks.mjs`, task, ...brief, '--json'])
    expect(stderr.trimEnd()).toMatch(message)
    expect(stdout).toBe('')
    expect(code).toBe(1)
  })

  it('reports what it measured where calls fail only in some pools', async () => {
    const ended = await offmain(['tune', tasks, 'FailOnSecondThread', ...brief, '--json'])
    expect(reportOf(ended).failed).toBeGreaterThan(0)
    expect(ended.stderr).toMatch(/^offmain: a call of FailOnSecondThread did not complete \(failed\): .*too many\n$/)
    expect(ended.code).toBe(1)
  })

  it('can be interrupted even where the task is stuck on the main thread', async () => {
    const child = startOffmain(['tune', tasks, 'StuckOnMainThread', ...brief])
    const ending = ended(child)
    child.stderr.once('data', () => child.kill('SIGINT'))
    expect(await ending).toMatchObject({ code: 130, stdout: '', stderr: 'stuck' })
  })
})
