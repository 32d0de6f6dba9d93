import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { jsonOf, offmain } from './offmain-process.js'
import { TemporaryFolder } from './temporary-folder.js'

const RUNAWAYS = ['EndlessLoop', 'CatastrophicRegExp', 'EndlessMicrotasks']

describe('offmain demo', () => {
  it('digests every file, half for each user, and stops the three runaways', async () => {
    using folder = new TemporaryFolder()
    mkdirSync(folder.file('inner/deep'), { recursive: true })
    const texts: Record<string, string> = {}
    for (let i = 0; i < 11; i++) {
      const path = folder.file(i % 2 === 0 ? `inner/deep/${i}.txt` : `${i}.txt`)
      texts[path] = `one two\n${'three '.repeat(i)}`
      writeFileSync(path, texts[path] ?? '')
    }
    symlinkSync(folder.path, folder.file('inner/round'))

    const ended = await offmain(['demo', folder.path, '--json'])
    const { records, summary } = jsonOf(ended)
    expect(ended.stderr).toBe('')
    expect(ended.code).toBe(0)
    const digests = records as { path: string; user: string }[]
    expect(digests.map(({ path }) => path).sort()).toEqual(Object.keys(texts).sort())
    for (const digest of digests) expect(digest).toEqual({ ...digestOf(texts[digest.path] ?? ''), ...only(digest) })
    expect(digests.filter(({ user }) => user === 'ada')).toHaveLength(6)
    expect(digests.filter(({ user }) => user === 'grace')).toHaveLength(5)
    expect(summary).toMatchObject({
      files: 11,
      failed: 0,
      bytes: Object.values(texts).join('').length,
      statuses: { completed: 11, failed: 0, 'timed-out': 0, canceled: 0, crashed: 0 },
      users: { ada: 6, grace: 5 },
      runaways: RUNAWAYS.map((task) => ({ task, status: 'timed-out' })),
      eventLoopLag: { resolution: 1, p50: expect.any(Number), p99: expect.any(Number), max: expect.any(Number) },
    })
  })

  // On a loaded machine the look at a thread may come to nothing.
  it('tells where each runaway was stuck, how it was stopped and after how long', { retry: 3 }, async () => {
    using folder = new TemporaryFolder()
    const { summary } = jsonOf(await offmain(['demo', folder.path, '--threads', '1', '--json']))
    const { runaways } = summary as { runaways: { elapsed: number; stoppedBy: string; stuckAt: { url: string } }[] }
    expect(runaways).toHaveLength(3)
    for (const { elapsed, stoppedBy, stuckAt } of runaways) {
      expect(elapsed).toBeGreaterThanOrEqual(500)
      expect(stoppedBy).toMatch(/^(interrupt|terminate)$/)
      expect(stuckAt).toMatchObject({ url: expect.stringMatching(/\/src\/cli\/runaway\.tasks\.[jt]s$/) })
    }
  })

  it('prints the same for people', async () => {
    using folder = new TemporaryFolder()
    writeFileSync(folder.file('a.txt'), 'a b\n')
    writeFileSync(folder.file('b.txt'), 'c\n')
    const { code, stdout, stderr } = await offmain(['demo', folder.path, '--threads', '2'])
    expect(stdout).toMatch(/^2 files, 1 as ada, 1 as grace\n6 B in [\d.]+ s, [\d.]+ MB\/s\n.*, 2 lines, 3 words$/m)
    expect(stdout).toMatch(/^completed +2 +0$/m)
    expect(stdout).toMatch(/^timed-out +0 +3$/m)
    for (const task of RUNAWAYS) {
      expect(stdout).toMatch(new RegExp(`^${task} +timed-out +\\d+ ms +(interrupt|terminate)\\b`, 'm'))
    }
    expect(stdout).toMatch(
      /^main thread, event-loop lag: p50 [\d.]+ ms, p99 [\d.]+ ms, max [\d.]+ ms \(beyond the sampling interval of 1 ms\)$/m,
    )
    expect(stderr).toBe('')
    expect(code).toBe(0)
  })

  it('takes the packages it depends on where no folder is given', async () => {
    const ended = await offmain(['demo', '--json'])
    const { records, summary } = jsonOf(ended)
    const root = fileURLToPath(new URL('../../', import.meta.url))
    const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      dependencies: Record<string, string>
    }
    const expected = Object.keys(dependencies).flatMap((name) => filesUnder(join(root, 'node_modules', name)))
    expect((records as { path: string }[]).map(({ path }) => path).sort()).toEqual(expected.sort())
    expect(summary).toMatchObject({ files: expected.length, failed: 0 })
    expect(ended.code).toBe(0)
  })

  it('exits with 1 when a file has no result, names it, and goes on', async () => {
    using folder = new TemporaryFolder()
    // Bytes that are no UTF-8: the name it is asked for by is not its own, so it cannot be opened, not even by root.
    writeFileSync(Buffer.concat([Buffer.from(folder.file('x')), Buffer.of(0xff)]), 'x')
    writeFileSync(folder.file('y'), 'y')
    const ended = await offmain(['demo', folder.path, '--json'])
    const failure = { status: 'failed', path: folder.file('x\ufffd'), message: expect.stringContaining('ENOENT') }
    expect(jsonOf(ended).summary).toMatchObject({
      files: 2,
      failed: 1,
      failures: [failure],
      statuses: { completed: 1, failed: 1 },
    })
    expect(ended.code).toBe(1)
    const { stdout } = await offmain(['demo', folder.path])
    expect(stdout).toContain(`failed: ${folder.file('x\ufffd')}: `)
  })
})

function digestOf(text: string): Record<string, unknown> {
  return {
    bytes: text.length,
    sha256: createHash('sha256').update(text).digest('hex'),
    brotliBytes: brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }).length,
    lines: text.split('\n').length - 1,
    words: text.split(/\s+/).filter((word) => word !== '').length,
  }
}

function only({ path, user }: { path: string; user: string }): { path: string; user: string } {
  return { path, user }
}

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return filesUnder(path)
    return entry.isFile() ? [path] : []
  })
}
