import { Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { LineOutput } from '../../src/cli/line-output.js'

describe('LineOutput', () => {
  it('puts many lines into one write', async () => {
    const { writes, stream } = sink()
    const output = new LineOutput(stream)
    for (let i = 0; i < 100; i++) output.print(String(i))
    expect(writes).toEqual([])
    await output.flush()
    expect(writes).toEqual([Array.from({ length: 100 }, (_, i) => `${i}\n`).join('')])
  })

  it('shows a line by itself, soon', async () => {
    const { writes, stream, written } = sink()
    new LineOutput(stream).print('alone')
    await written
    expect(writes).toEqual(['alone\n'])
  })

  it('lets the printer wait for a slow reader', async () => {
    let release = (): void => {}
    const stream = new Writable({
      write: (_chunk, _encoding, done) => {
        release = done
      },
    })
    const output = new LineOutput(stream)
    let printed = false
    const printing = Promise.resolve(output.print('x'.repeat(100_000))).then(() => {
      printed = true
    })
    await new Promise((resolve) => setImmediate(resolve))
    expect(printed).toBe(false)
    release()
    await printing
  })

  it('does not wait for a reader that has left', async () => {
    const stream = new Writable({ write: (_chunk, _encoding, done) => done(new Error('EPIPE')) })
    stream.on('error', () => {})
    const output = new LineOutput(stream)
    output.print('a')
    await output.flush()
    output.print('b')
    await output.flush()
    expect(stream.destroyed).toBe(true)
  })
})

function sink(): { readonly writes: string[]; readonly stream: Writable; readonly written: Promise<void> } {
  const writes: string[] = []
  let tell = (): void => {}
  const written = new Promise<void>((resolve) => {
    tell = resolve
  })
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      writes.push(chunk.toString())
      done()
      tell()
    },
  })
  return { writes, stream, written }
}
