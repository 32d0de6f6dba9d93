import { writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readSample } from '../../src/cli/tune-sample.js'
import { TemporaryFolder } from './temporary-folder.js'

const { signal } = new AbortController()

async function sampleOf(text: string, most: number) {
  using folder = new TemporaryFolder()
  const input = folder.file('calls.ndjson')
  writeFileSync(input, text)
  return await readSample({ input, parameters: undefined }, signal, most)
}

describe('the sample of parameters', () => {
  it('is one call where there is no input', async () => {
    const sample = await readSample({ input: undefined, parameters: undefined }, signal)
    expect(sample).toEqual({ parameters: [undefined], lines: [1], truncated: false })
  })

  it('knows the line of each', async () => {
    expect(await sampleOf('1\n\n{"a":2}\n', 9)).toEqual({ parameters: [1, { a: 2 }], lines: [1, 3], truncated: false })
  })

  it('is as long as the input, or the most', async () => {
    expect(await sampleOf('1\n2\n3', 3)).toEqual({ parameters: [1, 2, 3], lines: [1, 2, 3], truncated: false })
    expect(await sampleOf('1\n2\n3\n4\nx', 3)).toEqual({ parameters: [1, 2, 3], lines: [1, 2, 3], truncated: true })
  })

  it('is refused where it is empty, or wrong', async () => {
    await expect(sampleOf('\n', 9)).rejects.toThrow('--input has no line')
    await expect(sampleOf('1\nx', 9)).rejects.toThrow('line 2 is not JSON')
  })
})
