import fc from 'fast-check'
import { type TaskHandle, type TaskOutcome, TaskRuntime } from 'offmain'
import { expect, it } from 'vitest'
import { type Behaviour, everyday } from './fixtures/everyday.js'
import { sharedWords } from './fixtures/shared-words.js'

interface Plan {
  readonly kind: Behaviour
  readonly ms: number
  readonly timeout: number
  readonly user: string | undefined
  readonly priority: number
  /** When it is canceled: never, at once, or at the end of so many other calls. */
  readonly cancelAfter: number | undefined
}

const plan: fc.Arbitrary<Plan> = fc.record({
  kind: fc.oneof(
    { weight: 8, arbitrary: fc.constant<Behaviour>('complete') },
    { weight: 3, arbitrary: fc.constantFrom<Behaviour>('spin', 'await', 'throw') },
    { weight: 1, arbitrary: fc.constantFrom<Behaviour>('loop', 'exit') },
  ),
  ms: fc.nat(8),
  timeout: fc.constantFrom(30, 60, 30_000),
  user: fc.constantFrom(undefined, 'ada', 'bob'),
  priority: fc.constantFrom(0, 0, 0, 1),
  cancelAfter: fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: fc.nat(20) }),
})

const expectedOf: Readonly<Record<Behaviour, readonly string[]>> = {
  complete: ['completed', 'timed-out', 'canceled'],
  spin: ['completed', 'timed-out', 'canceled'],
  await: ['completed', 'timed-out', 'canceled'],
  'await and tell': ['completed', 'timed-out', 'canceled'],
  throw: ['failed', 'timed-out', 'canceled'],
  loop: ['timed-out', 'canceled'],
  exit: ['crashed', 'timed-out', 'canceled'],
}

it('whatever calls do and whenever they are canceled, each settles once and starts at most once', async () => {
  await using runtime = new TaskRuntime({
    threads: { min: 2, max: 3 },
    suspend: { after: Number.POSITIVE_INFINITY },
  })
  const settled = new Map<number, number>()
  runtime.on('taskSettled', ({ id }) => settled.set(id, (settled.get(id) ?? 0) + 1))
  // Proven short, so that calls share batches from the first run on.
  const proof = sharedWords(1)
  for (let round = 0; round < 10; round++) {
    await runtime.startNew(everyday.Behave, { words: proof, slot: 0, kind: 'complete', ms: 0 }).completion
  }

  await fc.assert(
    fc.asyncProperty(fc.array(plan, { minLength: 1, maxLength: 24 }), async (plans) => {
      const words = sharedWords(plans.length)
      const outcomes = await playOut(runtime, plans, words)
      for (const [slot, outcome] of outcomes.entries()) {
        const { kind, timeout, cancelAfter } = plans[slot] as Plan
        const starts = Atomics.load(words, slot)
        const facts = { slot, kind, timeout, cancelAfter, status: outcome.status, started: outcome.started, starts }
        expect(settled.get(outcome.id), JSON.stringify(facts)).toBe(1)
        expect(starts, JSON.stringify(facts)).toBeLessThanOrEqual(1)
        if (!outcome.started) expect(starts, JSON.stringify(facts)).toBe(0)
        if (outcome.status === 'completed') expect(outcome, JSON.stringify(facts)).toMatchObject({ value: slot })
        expect(expectedOf[kind], JSON.stringify(facts)).toContain(outcome.status)
        if (outcome.status === 'canceled') expect(cancelAfter, JSON.stringify(facts)).toBeDefined()
      }
      expect(runtime.stats()).toMatchObject({ pending: 0, queue: { calls: 0, bytes: 0 } })
    }),
    { numRuns: 30, interruptAfterTimeLimit: 8_000, markInterruptAsFailure: false },
  )

  const { settled: counts } = runtime.stats()
  const all = Object.values(counts).reduce((sum, count) => sum + count, 0)
  expect(all).toBe(settled.size)
})

async function playOut(
  runtime: TaskRuntime,
  plans: readonly Plan[],
  words: Int32Array,
): Promise<readonly TaskOutcome<number | undefined>[]> {
  let ended = 0
  const due = (): void => {
    for (const [slot, { cancelAfter }] of plans.entries()) {
      if (cancelAfter !== undefined && cancelAfter <= ended) handles[slot]?.cancel('by the plan')
    }
  }
  const handles: TaskHandle<number | undefined>[] = plans.map(({ kind, ms, timeout, user, priority }, slot) =>
    runtime.startNew(
      everyday.Behave,
      { words, slot, kind, ms },
      {
        timeout: kind === 'loop' ? Math.min(timeout, 60) : timeout,
        priority,
        ...(user !== undefined && { user: { id: user } }),
      },
    ),
  )
  due()
  return Promise.all(
    handles.map(async (handle) => {
      const outcome = await handle.completion
      ended++
      due()
      return outcome
    }),
  )
}
