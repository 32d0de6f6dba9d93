import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { ended, everyday, jsonOf, startOffmain } from './offmain-process.js'
import { TemporaryFolder } from './temporary-folder.js'

describe('SIGINT', () => {
  it('cancels what is under way, says so and exits with 130, also while more input may come', async () => {
    const child = startOffmain(['run', everyday, 'EndIf', '--input', '-', '--json'])
    const end = ended(child)
    child.stdin.write('{"end":true}\n{"end":false}\n{"end":false}\n')
    await once(child.stdout, 'data')
    child.kill('SIGINT')
    const result = await end
    const { records, summary } = jsonOf(result)
    expect(records).toMatchObject([
      { line: 1, status: 'completed' },
      { line: 2, status: 'canceled', error: { cause: { message: 'interrupted by SIGINT' } } },
      { line: 3, status: 'canceled' },
    ])
    expect(summary).toMatchObject({ calls: 3, statuses: { completed: 1, canceled: 2 } })
    expect(result.stderr).toBe('')
    expect(result.code).toBe(130)
  })

  it('ends a demo with 130', async () => {
    using folder = new TemporaryFolder()
    writeFileSync(folder.file('a.txt'), 'a')
    const child = startOffmain(['demo', folder.path, '--json'], { env: { OFFMAIN_THREADS: '4' } })
    const end = ended(child)
    await once(child.stdout, 'data')
    child.kill('SIGINT')
    const result = await end
    expect(result.code).toBe(130)
    const runaways = ['canceled', 'canceled', 'canceled'].map((status) => ({ status }))
    expect(jsonOf(result).summary).toMatchObject({ files: 1, runaways })
  })
})

describe('a reader that leaves', () => {
  it('ends a run quietly, with 141', async () => {
    const child = startOffmain(['run', everyday, 'Echo', '--input', '-'])
    const end = ended(child)
    child.stdin.write('1\n'.repeat(100))
    await once(child.stdout, 'data')
    child.stdout.destroy()
    child.stdin.write('1\n'.repeat(100_000))
    expect(await end).toMatchObject({ code: 141, stderr: '' })
  })

  it('is no matter to --help', async () => {
    const child = startOffmain(['--help'])
    child.stdout.destroy()
    expect(await ended(child)).toMatchObject({ code: 0, stderr: '' })
  })
})
