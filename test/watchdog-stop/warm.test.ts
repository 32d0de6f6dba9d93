import { setTimeout as delay } from 'node:timers/promises'
import { type BackgroundTask, TaskRuntime, taskModule } from 'offmain'
import { expect, it } from 'vitest'
import { fixtures, sharedWords, stop } from './stop.js'

type Class<R> = new () => BackgroundTask<void, R>

const { Warm } = taskModule<{ readonly Warm: Class<void> }>(new URL('warm.tasks.mjs', fixtures))
const { LooksAround } = taskModule<{
  readonly LooksAround: Class<{ readonly threadId: number; readonly isWarm: boolean }>
}>(new URL('looks-around.tasks.mjs', fixtures))

it('a thread that takes over has loaded the modules that calls were served from before', async () => {
  await using runtime = new TaskRuntime({ threads: { min: 1, max: 1, spare: 1 }, timeout: 200 })
  const { threadId: first } = await runtime.startNew(LooksAround).result()
  await runtime.startNew(Warm).result()
  expect(await runtime.startNew(LooksAround).result()).toEqual({ threadId: first, isWarm: true })
  const loop = runtime.startNew(stop.Loops, { words: sharedWords() })
  expect(await loop.completion).toMatchObject({ status: 'timed-out', threadId: first })
  // It loads them while it has nothing to do, so a call that comes early may be there first.
  let found = await runtime.startNew(LooksAround).result()
  for (let tries = 0; tries < 500 && !found.isWarm; tries++) {
    await delay(10)
    found = await runtime.startNew(LooksAround).result()
  }
  expect(found.threadId).not.toBe(first)
  expect(found.isWarm).toBe(true)
}, 30_000)
