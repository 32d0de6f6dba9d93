import { Worker } from 'node:worker_threads'
import { expect, it } from 'vitest'
import { now } from '../../src/contract/clock.js'

it('the clock reads what process.hrtime reads', () => {
  const before = Number(process.hrtime.bigint()) / 1e6
  const at = now()
  const after = Number(process.hrtime.bigint()) / 1e6
  expect(at).toBeGreaterThanOrEqual(before - 0.5)
  expect(at).toBeLessThanOrEqual(after + 0.5)
})

it('the clock is the same on another thread', async () => {
  const clock = new URL('../../dist/src/contract/clock.js', import.meta.url).href
  const before = now()
  const there = await new Promise<number>((resolve, reject) => {
    const source = `import(${JSON.stringify(clock)}).then(({ now }) => require('node:worker_threads').parentPort.postMessage(now()))`
    const worker = new Worker(source, { eval: true })
    worker.once('message', resolve)
    worker.once('error', reject)
  })
  expect(there).toBeGreaterThanOrEqual(before - 0.5)
  expect(there).toBeLessThanOrEqual(now() + 0.5)
})

it('the clock never goes back', () => {
  let last = now()
  for (let reading = 0; reading < 10_000; reading++) {
    const at = now()
    expect(at >= last).toBe(true)
    last = at
  }
})
