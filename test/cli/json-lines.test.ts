import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type JsonLine, jsonLines } from '../../src/cli/json-lines.js'
import { collect } from './collect.js'

describe('jsonLines', () => {
  it('parses lines, skips blank ones, and needs no line break at the end', async () => {
    expect(await read('1\n\n \t\r\n{"a":"x"}\r\nnull')).toEqual([
      { line: 1, value: 1 },
      { line: 4, value: { a: 'x' } },
      { line: 5, value: null },
    ])
    expect(await read('')).toEqual([])
    expect(await read('\n\n')).toEqual([])
  })

  it('leaves line separators inside strings alone, and takes a byte order mark at the start', async () => {
    expect(await read('\ufeff"a\u2028b\u2029c"\n2')).toEqual([
      { line: 1, value: 'a\u2028b\u2029c' },
      { line: 2, value: 2 },
    ])
  })

  it('gives the same however the bytes arrive', async () => {
    const values = fc.array(fc.jsonValue(), { maxLength: 8 })
    await fc.assert(
      fc.asyncProperty(values, fc.integer({ min: 1, max: 7 }), async (given, size) => {
        const text = given.map((value) => `${JSON.stringify(value)}\n`).join('')
        const expected = text
          .split('\n')
          .slice(0, -1)
          .map((line) => JSON.parse(line) as unknown)
        expect((await read(text, size)).map(({ value }) => value)).toEqual(expected)
      }),
    )
  })

  it('names the line that is not JSON, after those before it', async () => {
    const seen: number[] = []
    const reading = (async () => {
      for await (const { line } of jsonLines(chunksOf(Buffer.from('1\n\n{"a":\n4'), 100))) seen.push(line)
    })()
    await expect(reading).rejects.toThrow(/^line 3 is not JSON: /)
    expect(seen).toEqual([1])
  })

  it('names the line that is not UTF-8', async () => {
    const bytes = Buffer.concat([Buffer.from('1\n"'), Buffer.of(0xff), Buffer.from('"\n')])
    await expect(collect(jsonLines(chunksOf(bytes, 3)))).rejects.toThrow('line 2 is not UTF-8')
  })

  it('does not gather a line that has no end', async () => {
    let given = 0
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (;;) {
        given += 10
        yield Buffer.alloc(10, 'x')
      }
    }
    await expect(jsonLines(endless(), 95).next()).rejects.toThrow('line 1 is longer than 95 bytes')
    expect(given).toBe(100)
  })

  it('reads no further than it is asked for', async () => {
    let given = 0
    async function* chunks(): AsyncGenerator<Uint8Array> {
      for (;;) yield Buffer.from(`${++given}\n`)
    }
    const lines = jsonLines(chunks())
    await lines.next()
    await lines.next()
    expect(given).toBe(2)
    await lines.return()
  })
})

function read(text: string, chunkSize = 4): Promise<JsonLine[]> {
  return collect(jsonLines(chunksOf(Buffer.from(text), chunkSize)))
}

async function* chunksOf(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size)
}
