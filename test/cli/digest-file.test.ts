import { createHash, randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { brotliCompressSync, constants } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { DigestFile } from '../../src/cli/digest.tasks.js'
import { TemporaryFolder } from './temporary-folder.js'

const BLOCK = 4 * 1024 * 1024

describe('DigestFile', () => {
  it.each([
    ['an empty file', Buffer.alloc(0), 0, 0],
    ['no line feed', Buffer.from('one'), 0, 1],
    ['all white space of ASCII', Buffer.from(' one\ttwo\vthree\ffour\r\nfive\n\n'), 3, 5],
    ['letters beyond ASCII', Buffer.from('über\u00a0alles 日本'), 0, 2],
  ])('digests %s', (_, content, lines, words) => {
    expect(digest(content)).toMatchObject({ ...expected(content), lines, words, user: 'ada' })
  })

  it('counts a word across two blocks once, and compresses block by block', () => {
    const content = Buffer.concat([Buffer.alloc(BLOCK - 3, '\n'), Buffer.from('split word'), randomBytes(10)])
    const { bytes, sha256 } = expected(content)
    const brotliBytes = [content.subarray(0, BLOCK), content.subarray(BLOCK)].reduce(
      (sum, block) => sum + brotli(block),
      0,
    )
    const tail = digest(content.subarray(BLOCK - 3))
    expect(digest(content)).toMatchObject({
      bytes,
      sha256,
      brotliBytes,
      words: tail.words,
      lines: tail.lines + BLOCK - 3,
    })
  })

  it('fails for a file that is not there', () => {
    expect(() => new DigestFile().run({ path: '/no/such/file' })).toThrow(/ENOENT/)
  })
})

function digest(content: Buffer): ReturnType<DigestFile['run']> {
  using folder = new TemporaryFolder()
  const path = folder.file('content')
  writeFileSync(path, content)
  const task = new DigestFile()
  task.setUserConnection({ id: 'ada' })
  return task.run({ path })
}

function expected(content: Buffer): { bytes: number; sha256: string; brotliBytes: number } {
  const sha256 = createHash('sha256').update(content).digest('hex')
  return { bytes: content.length, sha256, brotliBytes: content.length === 0 ? 0 : brotli(content) }
}

function brotli(content: Uint8Array): number {
  return brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }).length
}
