import { readFileSync, writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import { everyday, fixtures, jsonOf, offmain } from './offmain-process.js'
import { TemporaryFolder } from './temporary-folder.js'

describe('offmain run, one call', () => {
  it('keeps what the task prints out of the JSON', async () => {
    const args = ['run', `${fixtures}printing.tasks.mjs`, 'Print', '--parameters', '"printed"', '--json']
    const ended = await offmain(args)
    expect(jsonOf(ended).records).toMatchObject([{ status: 'completed', value: 7 }])
    expect(ended).toMatchObject({ code: 0, stderr: 'printed\n' })
  })

  it('prints the value and a summary, and exits with 0', async () => {
    const { code, stderr, lines } = await offmain(['run', everyday, 'Echo', '--parameters', '{"a":[1,"x"]}'])
    expect(stderr).toBe('')
    expect(lines[0]).toMatch(/^ +1 {2}completed +[\d.]+ ms {2}\{"a":\[1,"x"\]\}$/)
    expect(lines[1]).toMatch(/^1 call in [\d.]+ s: 1 completed$/)
    expect(lines[2]).toMatch(/^wait {2}p50 [\d.]+ ms {2}p99 [\d.]+ ms$/)
    expect(lines[3]).toMatch(/^run {3}p50 [\d.]+ ms {2}p99 [\d.]+ ms$/)
    expect(lines).toHaveLength(4)
    expect(code).toBe(0)
  })

  it('passes undefined where no parameters are given', async () => {
    const { code, lines } = await offmain(['run', everyday, 'Echo'])
    expect(lines[0]).toMatch(/completed +[\d.]+ ms {2}undefined$/)
    expect(code).toBe(0)
  })

  it('prints JSON: the outcome, then the summary', async () => {
    const ended = await offmain(['run', everyday, 'Echo', '--parameters=-5', '--json'])
    const { records, summary } = jsonOf(ended)
    const ms = expect.any(Number)
    expect(records).toEqual([
      {
        ...{ id: 1, line: 1, status: 'completed', value: -5, started: true, threadId: ms },
        timing: { queued: ms, connecting: ms, running: ms, total: ms },
      },
    ])
    expect(summary).toEqual({
      calls: 1,
      statuses: { completed: 1, failed: 0, 'timed-out': 0, canceled: 0, crashed: 0 },
      elapsed: ms,
      wait: { p50: ms, p99: ms },
      run: { p50: ms, p99: ms },
    })
    expect(ended.code).toBe(0)
  })

  it('prints what JSON has no form for', async () => {
    const { records } = jsonOf(await offmain(['run', everyday, 'Unusual', '--json']))
    const value = { big: '12345678901234567890', bytes: 'AQID', tags: ['a'], ratio: 'NaN' }
    expect(records).toMatchObject([{ status: 'completed', value }])
  })

  it('takes the module as a file: URL, and relative to the working directory', async () => {
    const byUrl = await offmain(['run', pathToFileURL(everyday).href, 'Echo', '--parameters', '1'])
    const byPath = await offmain(['run', 'everyday.tasks.mjs', 'Echo', '--parameters', '1'], { cwd: fixtures })
    expect([byUrl.code, byPath.code]).toEqual([0, 0])
  })

  it('opens the user connection that the class requires', async () => {
    const user = '{"id":"u-17","name":"Ada"}'
    const plain = await offmain(['run', everyday, 'WhoAmI', '--user', user, '--json'])
    expect(jsonOf(plain).records).toMatchObject([{ value: { id: 'u-17', name: 'Ada' } }])
    const connections = ['--user-connections', `${fixtures}greeting-connection.mjs`]
    const opened = await offmain(['run', everyday, 'WhoAmI', '--user', user, ...connections, '--json'])
    expect(jsonOf(opened).records).toMatchObject([{ value: { greeting: 'Hello, Ada' } }])
  })
})

describe('offmain run, a call that does not complete', () => {
  it('exits with 1 when the task fails, and says why on one line', async () => {
    const { code, stderr, lines } = await offmain(['run', everyday, 'Fail'])
    expect(lines[0]).toMatch(/^ +1 {2}failed +[\d.]+ ms {2}.*TypeError: no such account$/)
    expect(lines[1]).toMatch(/: 0 completed, 1 failed$/)
    expect(stderr).toBe('')
    expect(code).toBe(1)
  })

  it('prints the error as JSON, with its causes', async () => {
    const ended = await offmain(['run', everyday, 'Fail', '--json'])
    const cause = {
      name: 'TypeError',
      message: 'no such\naccount',
      stack: expect.stringContaining('everyday.tasks.mjs'),
      cause: { name: 'Error', message: 'the ledger is closed' },
    }
    expect(jsonOf(ended).records).toMatchObject([
      { status: 'failed', error: { name: 'TaskFailedError', code: 'OFFMAIN_TASK_FAILED', phase: 'running', cause } },
    ])
    expect(ended.code).toBe(1)
  })

  it('exits with 1 when the task is timed out', async () => {
    const ended = await offmain(['run', everyday, 'Spin', '--timeout', '100', '--json'])
    const { records, summary } = jsonOf(ended)
    expect(records).toMatchObject([
      { status: 'timed-out', error: { code: 'OFFMAIN_TASK_TIMED_OUT', timeout: 100, phase: 'running' } },
    ])
    expect(summary).toMatchObject({ calls: 1, statuses: { completed: 0, 'timed-out': 1 } })
    expect(ended.code).toBe(1)
  })

  // On a loaded machine the look at the thread may come to nothing.
  it('says where it was stuck', { retry: 3 }, async () => {
    const { records } = jsonOf(await offmain(['run', everyday, 'Spin', '--timeout', '100', '--json']))
    const [{ error }] = records as [{ error: { stuckAt: unknown[] } }]
    expect(error.stuckAt[0]).toMatchObject({ url: pathToFileURL(everyday).href, line: lineOf('class Spin') + 2 })
  })

  it("keeps to the class's own limit unless --timeout says otherwise", async () => {
    const own = jsonOf(await offmain(['run', everyday, 'OwnLimit', '--json']))
    const said = jsonOf(await offmain(['run', everyday, 'OwnLimit', '--timeout', '150.5', '--json']))
    expect(own.records).toMatchObject([{ status: 'timed-out', error: { timeout: 100 } }])
    expect(said.records).toMatchObject([{ status: 'timed-out', error: { timeout: 150.5 } }])
  })

  it.each([
    ['Exit', 'crashed'],
    ['NotSendable', 'failed'],
    ['WhoAmI', 'failed'],
    ['NoSuchTask', 'failed'],
  ])('exits with 1 for %s, which is %s', async (task, status) => {
    const ended = await offmain(['run', everyday, task, '--json'])
    expect(jsonOf(ended).records).toMatchObject([{ status, error: { message: expect.stringContaining(task) } }])
    expect(ended.code).toBe(1)
  })

  it('says on stderr what fails after its call has ended', async () => {
    const args = ['run', everyday, 'FailLater', '--input', '-', '--threads', '1']
    const { stdout, stderr } = await offmain(args, { stdin: '{"late":true}\n{"late":false}' })
    expect(stdout).toContain('2 completed')
    expect(stderr).toBe('offmain: FailLater (call 1) failed after its end: too late\n')
  })
})

describe('offmain run --threads', () => {
  it('beats OFFMAIN_THREADS', async () => {
    const beaten = await offmain(['run', everyday, 'Echo', '--threads', '1'], { env: { OFFMAIN_THREADS: 'nonsense' } })
    expect(beaten.code).toBe(0)
    const heard = await offmain(['run', everyday, 'Echo'], { env: { OFFMAIN_THREADS: 'nonsense' } })
    expect(heard.stderr).toContain('OFFMAIN_THREADS is "nonsense"')
    expect(heard.code).toBe(2)
  })

  it('is how many threads serve', async () => {
    using folder = new TemporaryFolder()
    const input = folder.file('calls.ndjson')
    writeFileSync(input, '1\n'.repeat(500))
    const { records } = jsonOf(await offmain(['run', everyday, 'Echo', '--input', input, '--threads', '1', '--json']))
    expect(new Set((records as { threadId: number }[]).map(({ threadId }) => threadId)).size).toBe(1)
  })
})

describe('offmain run, colours', () => {
  it('paints only where asked to', async () => {
    const painted = await offmain(['run', everyday, 'Echo'], { env: { NO_COLOR: '', FORCE_COLOR: '1' } })
    expect(painted.stdout).toContain('\u001b[32mcompleted')
    const plain = await offmain(['run', everyday, 'Echo'])
    expect(plain.stdout).not.toContain('\u001b')
  })
})

function lineOf(text: string): number {
  return (
    readFileSync(everyday, 'utf8')
      .split('\n')
      .findIndex((line) => line.includes(text)) + 1
  )
}
