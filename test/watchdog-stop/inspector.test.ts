import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runScript } from './script.js'
import { fixtures } from './stop.js'

const tsc = fileURLToPath(new URL('../../node_modules/.bin/tsc', import.meta.url))

describe('where a call was stuck', () => {
  let folder: string
  let source: string
  let compiled: string

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'offmain-'))
    source = join(folder, 'mapped.mts')
    compiled = join(folder, 'mapped.mjs')
    copyFileSync(new URL('mapped.source.txt', fixtures), source)
    execFileSync(tsc, ['--inlineSourceMap', '--module', 'nodenext', '--target', 'es2022', '--types', '', source], {
      cwd: folder,
    })
  })

  afterAll(() => rmSync(folder, { recursive: true }))

  function lineIn(file: string): number {
    return (
      readFileSync(file, 'utf8')
        .split('\n')
        .findIndex((line) => line.includes('// stuck here')) + 1
    )
  }

  it('is told of the source when the process runs with --enable-source-maps', async () => {
    const { code, report } = await runScript('mapped.mjs', [compiled], ['--enable-source-maps'])
    expect(code).toBe(0)
    const { frame, message } = report as { frame: { url: string; line: number }; message: string }
    expect(frame.url).toBe(pathToFileURL(source).href)
    // The loop's head or its body, or the function it calls.
    expect([8, 12, lineIn(source)]).toContain(frame.line)
    expect(message).toContain(`${frame.url}:${frame.line}:`)
  })

  it('is told of the compiled file otherwise', async () => {
    const { report } = await runScript('mapped.mjs', [compiled])
    const { frame } = report as { frame: { url: string; line: number } }
    expect(frame.url).toBe(pathToFileURL(compiled).href)
    expect(lineIn(compiled)).toBeLessThan(lineIn(source))
    expect(frame.line).toBeLessThanOrEqual(lineIn(compiled))
  })
})

describe('a debugger', () => {
  it('that holds a thread paused rests the clock of its call, which completes', async () => {
    const { code, report } = await runScript('debugged.mjs')
    expect(report).toEqual({
      whilePaused: 'running',
      ...{ status: 'completed', value: 'through' },
      ...{ wasCanceled: true, canceledStatus: 'canceled' },
      loop: 'timed-out',
    })
    expect(code).toBe(0)
  })
})
