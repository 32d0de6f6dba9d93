import { InvalidOptionError, ParameterSerializationError, QueueFullError, TaskRuntime } from 'offmain'
import { describe, expect, it } from 'vitest'
import { acting, ada } from './fixtures/acting.js'
import { everyday } from './fixtures/everyday.js'
import { faulty } from './fixtures/faulty.js'
import { nextEvent, SharedGate } from './fixtures/shared-words.js'

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = []
  for await (const item of items) collected.push(item)
  return collected
}

function valueOrStatus(outcome: { status: string; value?: unknown }): unknown {
  return outcome.status === 'completed' ? outcome.value : outcome.status
}

describe('map', () => {
  it('yields the outcomes in the order of the items, whatever they are', async () => {
    await using runtime = new TaskRuntime({ threads: 2 })
    const items = Array.from({ length: 40 }, (_, index) => ({ ms: index % 4 === 0 ? 8 : 0, label: `${index}` }))
    const outcomes = await collect(runtime.map(everyday.Spin, items))
    expect(outcomes.map(valueOrStatus)).toEqual(items.map(({ label }) => label))
  })

  it('unordered, yields an outcome as soon as its call has ended', async () => {
    await using runtime = new TaskRuntime({ threads: { min: 2, max: 2, spare: 0 } })
    using gate = new SharedGate()
    async function* source() {
      yield { bytes: new Uint8Array([1]), words: gate.words, wait: true }
      await gate.reached()
      yield { bytes: new Uint8Array([2]), words: gate.words, wait: false }
    }
    const values: unknown[] = []
    for await (const outcome of runtime.map(everyday.Sum, source(), { ordered: false })) {
      values.push(valueOrStatus(outcome))
      gate.open()
    }
    expect(values).toEqual([2, 1])
  })

  it('yields failures as outcomes and goes on', async () => {
    await using runtime = new TaskRuntime({ threads: 1 })
    const items = [
      { what: 'error', later: false },
      { what: 'null', later: true },
    ] as const
    const outcomes = await collect(runtime.map(faulty.Throws, items))
    expect(outcomes.map(({ status }) => status)).toEqual(['failed', 'failed'])
  })

  it('of nothing yields nothing', async () => {
    await using runtime = new TaskRuntime({ threads: 1 })
    expect(await collect(runtime.map(everyday.Add, []))).toEqual([])
  })

  it.each([true, false])(
    'never reads more than `concurrency` items ahead of its consumer (ordered: %s)',
    async (ordered) => {
      await using runtime = new TaskRuntime({ threads: 2 })
      let read = 0
      let most = 0
      let consumed = 0
      function* source() {
        while (read < 60) {
          read++
          most = Math.max(most, read - consumed)
          yield { a: read, b: 0 }
        }
      }
      for await (const outcome of runtime.map(everyday.Add, source(), { concurrency: 3, ordered })) {
        expect(outcome.status).toBe('completed')
        consumed++
        await new Promise((resolve) => setImmediate(resolve))
      }
      expect(consumed).toBe(60)
      expect(most).toBeGreaterThan(1)
      expect(most).toBeLessThanOrEqual(4)
    },
  )

  it('reads nothing before the first outcome is asked for', async () => {
    await using runtime = new TaskRuntime({ threads: 1 })
    let read = 0
    const outcomes = runtime.map(
      everyday.Add,
      (function* () {
        read++
        yield { a: 1, b: 1 }
      })(),
    )
    await new Promise((resolve) => setImmediate(resolve))
    expect(read).toBe(0)
    await outcomes.return()
    expect(runtime.stats().pending).toBe(0)
  })

  it('of an endless source ends when the consumer stops: the source is told, calls under way are canceled', async () => {
    await using runtime = new TaskRuntime({ threads: { min: 1, max: 1, spare: 0 } })
    using gate = new SharedGate()
    let returned = 0
    let read = 0
    const source = {
      [Symbol.iterator]: () => ({
        next: () => ({
          done: false as const,
          value: { bytes: new Uint8Array(1), words: gate.words, wait: read++ > 0 },
        }),
        return: () => {
          returned++
          return { done: true as const, value: undefined }
        },
      }),
    }
    for await (const outcome of runtime.map(everyday.Sum, source, { concurrency: 5 })) {
      expect(outcome.status).toBe('completed')
      await gate.reached()
      break
    }
    expect(returned).toBe(1)
    const { queue } = runtime.stats()
    expect(queue.calls).toBe(0)
    if (runtime.stats().pending > 0) await nextEvent(runtime, 'taskSettled')
    expect(runtime.stats()).toMatchObject({ pending: 0, settled: { completed: 1, canceled: read - 1 } })
  })

  it('takes an async source, and waits for it', async () => {
    await using runtime = new TaskRuntime({ threads: 1 })
    async function* source() {
      for (let a = 0; a < 5; a++) {
        await new Promise((resolve) => setImmediate(resolve))
        yield { a, b: 10 }
      }
    }
    expect((await collect(runtime.map(everyday.Add, source()))).map(valueOrStatus)).toEqual([10, 11, 12, 13, 14])
  })

  it('yields what is done while the async source is silent', async () => {
    await using runtime = new TaskRuntime({ threads: 1 })
    let goOn = (): void => {}
    const silence = new Promise<void>((resolve) => {
      goOn = resolve
    })
    async function* source() {
      yield { a: 1, b: 1 }
      await silence
    }
    const outcomes = runtime.map(everyday.Add, source())
    expect((await outcomes.next()).value).toMatchObject({ value: 2 })
    goOn()
    expect(await outcomes.next()).toEqual({ done: true, value: undefined })
  })

  it('ends with the error of a source that throws, after the outcomes of the items before it', async () => {
    await using runtime = new TaskRuntime({ threads: 1 })
    using gate = new SharedGate()
    async function* source() {
      yield { words: gate.words }
      await gate.reached()
      gate.open()
      throw new Error('no more items')
    }
    const outcomes = runtime.map(everyday.Gate, source())
    expect((await outcomes.next()).value).toMatchObject({ value: 'through the gate' })
    await expect(outcomes.next()).rejects.toThrow('no more items')
    expect(await outcomes.next()).toEqual({ done: true, value: undefined })
    expect(runtime.stats()).toMatchObject({ pending: 0, settled: { completed: 1, canceled: 0 } })
  })

  it('starts no call for an item that arrives after the consumer has stopped', async () => {
    await using runtime = new TaskRuntime({ threads: 1 })
    let arrive = (_: { a: number; b: number }): void => {}
    const late = new Promise<{ a: number; b: number }>((resolve) => {
      arrive = resolve
    })
    const items = [Promise.resolve({ a: 1, b: 1 }), late]
    const source = {
      [Symbol.asyncIterator]: () => ({
        next: async () => ({ done: false as const, value: (await items.shift()) ?? { a: 0, b: 0 } }),
        return: async () => ({ done: true as const, value: undefined }),
      }),
    }
    const started: number[] = []
    runtime.on('taskQueued', ({ id }) => started.push(id))
    for await (const outcome of runtime.map(everyday.Add, source, { concurrency: 2 })) {
      expect(outcome.status).toBe('completed')
      break
    }
    arrive({ a: 2, b: 2 })
    await turns()
    expect(started).toHaveLength(1)
  })

  it('starts no call for an item that waited for room when the consumer stopped', async () => {
    await using runtime = new TaskRuntime({ threads: { min: 1, max: 1, spare: 0 }, queue: { limit: 2 } })
    using gate = new SharedGate()
    const outcomes = runtime.map(everyday.Sum, [2, 3, 4, 5, 6].map(item), { concurrency: 5 })
    function item(byte: number) {
      return { bytes: new Uint8Array([byte]), words: gate.words, wait: byte > 2 }
    }
    expect((await outcomes.next()).value).toMatchObject({ value: 2 })
    await gate.reached()
    if (runtime.stats().queue.calls < 2) await nextEvent(runtime, 'queueFull')
    let queued = 0
    runtime.on('taskQueued', () => queued++)
    await outcomes.return()
    gate.open()
    await turns()
    expect(queued).toBe(0)
    expect(runtime.stats().queue.calls).toBe(0)
  })

  it('ends without waiting for a source that is silent', async () => {
    await using runtime = new TaskRuntime({ threads: 1 })
    let goOn = (): void => {}
    const silence = new Promise<void>((resolve) => {
      goOn = resolve
    })
    async function* source() {
      yield { a: 1, b: 1 }
      await silence
    }
    const outcomes = runtime.map(everyday.Add, source())
    await outcomes.next()
    const ended = await Promise.race([outcomes.return().then(() => 'ended'), turns().then(() => 'still waiting')])
    goOn()
    expect(ended).toBe('ended')
  })

  it('ends with one error when the source fails in its own end as well; nothing is left unhandled', async () => {
    await using runtime = new TaskRuntime({ threads: 1 })
    const unhandled: unknown[] = []
    const hear = (reason: unknown): void => {
      unhandled.push(reason)
    }
    process.on('unhandledRejection', hear)
    try {
      function* source() {
        try {
          yield 1
          yield () => 1
        } finally {
          fail('the source fails in its end')
        }
      }
      await expect(collect(runtime.map(everyday.Echo, source()))).rejects.toThrow()
      await turns()
      expect(unhandled).toEqual([])
    } finally {
      process.off('unhandledRejection', hear)
    }
  })

  it('ends with ParameterSerializationError at an item that cannot cross, and tells the source', async () => {
    await using runtime = new TaskRuntime({ threads: 1 })
    let told = false
    function* source() {
      try {
        yield 1
        yield () => 1
        yield 3
      } finally {
        told = true
      }
    }
    await expect(collect(runtime.map(everyday.Echo, source(), { concurrency: 1 }))).rejects.toThrow(
      ParameterSerializationError,
    )
    expect(told).toBe(true)
  })

  it('waits where the queue is full, instead of failing', async () => {
    await using runtime = new TaskRuntime({ threads: { min: 1, max: 1, spare: 0 }, queue: { limit: 2 } })
    using gate = new SharedGate()
    const running = runtime.startNew(everyday.Gate, { words: gate.words })
    await gate.reached()
    const others = [runtime.startNew(everyday.Nothing), runtime.startNew(everyday.Nothing)]
    const full = nextEvent(runtime, 'queueFull')
    const outcomes = collect(
      runtime.map(
        everyday.Add,
        [
          { a: 1, b: 1 },
          { a: 2, b: 2 },
        ],
        { concurrency: 2 },
      ),
    )
    await full
    gate.open()
    expect((await outcomes).map(valueOrStatus)).toEqual([2, 4])
    await Promise.all([running, ...others].map((handle) => handle.completion))
  })

  it('ends with QueueFullError at an item that is larger than the whole queue: no waiting would help', async () => {
    await using runtime = new TaskRuntime({ threads: 1, queue: { bytes: 1_000 } })
    const outcomes = collect(runtime.map(everyday.Echo, ['x'.repeat(2_000)]))
    await expect(Promise.race([outcomes, turns()])).rejects.toThrow(QueueFullError)
  })

  it('gives a user connection to a task that needs one, and none to one that does not', async () => {
    await using runtime = new TaskRuntime({ threads: 1 })
    const [act] = await collect(runtime.map(acting.Act, [undefined], { user: ada }))
    expect(act).toMatchObject({ status: 'completed', value: { connection: ada, times: 1 } })
    const [none] = await collect(runtime.map(acting.TakesNone, [undefined], { user: ada }))
    expect(none).toMatchObject({ status: 'completed', value: 'none' })
    const [refused] = await collect(runtime.map(acting.Act, [undefined]))
    expect(refused).toMatchObject({ status: 'failed', error: { cause: { message: expect.stringContaining('user') } } })
  })

  it.each([
    [{ concurrency: 0 }, 'concurrency'],
    [{ concurrency: 1.5 }, 'concurrency'],
    [{ ordered: 'yes' }, 'ordered'],
    [{ speed: 3 }, 'speed'],
  ])('refuses the options %j at once', async (options, name) => {
    await using runtime = new TaskRuntime({ threads: 1 })
    const map = runtime.map.bind(runtime) as (task: unknown, items: unknown, options: unknown) => unknown
    expect(() => map(everyday.Add, [], options)).toThrow(InvalidOptionError)
    expect(() => map(everyday.Add, [], options)).toThrow(`Option ${name} is`)
  })
})

function fail(message: string): never {
  throw new Error(message)
}

/** Enough turns of the event loop for whoever would go on to have gone on. */
async function turns(): Promise<never[]> {
  for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve))
  return []
}
