import { TaskRuntime } from 'offmain'
import { describe, expect, it } from 'vitest'
import { sharedWords, stop } from './stop.js'

describe('of a batch of 64 short calls whose tenth', () => {
  it.each([
    ['loop', 'timed-out'],
    ['exit', 'crashed'],
    ['memory', 'crashed'],
  ] as const)(
    'does not come back (%s), 63 complete, each started once, those before it untouched',
    async (kind, status) => {
      await using runtime = new TaskRuntime({
        threads: { min: 1, max: 1, spare: 1 },
        timeout: kind === 'memory' ? 30_000 : 300,
        thread: { resourceLimits: { maxOldGenerationSizeMb: 48, maxYoungGenerationSizeMb: 8 } },
      })
      const words = sharedWords(65)
      for (let round = 0; round < 30; round++) {
        await runtime.startNew(stop.Counts, { words, slot: 64, kind: 'complete' }).completion
      }
      const handles = Array.from({ length: 64 }, (_, slot) =>
        runtime.startNew(stop.Counts, { words, slot, kind: slot === 9 ? kind : 'complete' }),
      )
      const order: number[] = []
      handles.forEach((handle, slot) => {
        void handle.completion.then(() => order.push(slot))
      })
      const outcomes = await Promise.all(handles.map((handle) => handle.completion))
      expect(outcomes.map((outcome) => outcome.status)).toEqual(
        Array.from({ length: 64 }, (_, slot) => (slot === 9 ? status : 'completed')),
      )
      expect(outcomes.map((outcome) => (outcome.status === 'completed' ? outcome.value : undefined))).toEqual(
        Array.from({ length: 64 }, (_, slot) => (slot === 9 ? undefined : slot)),
      )
      expect([...words.slice(0, 64)]).toEqual(Array(64).fill(1))
      // They did share a batch: 1 would say that each went alone.
      expect(runtime.stats().meanBatchSize).toBeGreaterThan(1.05)
      const [before, culprit, after] = [outcomes[8], outcomes[9], outcomes[63]]
      expect(before?.threadId).toBe(culprit?.threadId)
      expect(after?.threadId).not.toBe(culprit?.threadId)
      expect(order.filter((slot) => slot < 9)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8])
      if (kind === 'memory') expect(culprit).toMatchObject({ error: { message: expect.stringContaining('memory') } })
    },
  )
})
