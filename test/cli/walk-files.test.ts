import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { describe, expect, it } from 'vitest'
import { walkFiles } from '../../src/cli/walk-files.js'
import { collect } from './collect.js'
import { TemporaryFolder } from './temporary-folder.js'

describe('walkFiles', () => {
  it('finds files at every depth, and follows no symbolic link', async () => {
    using folder = new TemporaryFolder()
    mkdirSync(folder.file('a/b/c'), { recursive: true })
    for (const name of ['1', 'a/2', 'a/b/c/3']) writeFileSync(folder.file(name), '')
    symlinkSync(folder.file('1'), folder.file('linked-file'))
    symlinkSync(folder.path, folder.file('a/linked-folder'))
    const found = await collect(walkFiles(folder.path, unexpected))
    expect(found.sort()).toEqual(['1', 'a/2', 'a/b/c/3'].map((name) => folder.file(name)))
  })

  it('leaves out what is no file', async () => {
    using folder = new TemporaryFolder()
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(folder.file('socket'), resolve))
    expect(await collect(walkFiles(folder.path, unexpected))).toEqual([])
    await new Promise((resolve) => server.close(resolve))
  })

  it('tells of a folder that cannot be read, and goes on', async () => {
    const unread: string[] = []
    const found = await collect(walkFiles('/no/such/folder', (folder) => void unread.push(folder)))
    expect([found, unread]).toEqual([[], ['/no/such/folder']])
  })
})

function unexpected(folder: string, error: Error): void {
  throw new Error(`${folder} was not read`, { cause: error })
}
