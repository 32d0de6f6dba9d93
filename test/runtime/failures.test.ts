import { ResultSerializationError, TaskCrashedError, TaskFailedError, TaskRuntime, taskModule } from 'offmain'
import { describe, expect, it } from 'vitest'
import { everyday } from './fixtures/everyday.js'
import { faulty, type Thrown } from './fixtures/faulty.js'

/** The cause of the failure of a call that throws this. */
async function causeOf(runtime: TaskRuntime, what: Thrown, later: boolean): Promise<Error> {
  const outcome = await runtime.startNew(faulty.Throws, { what, later }).completion
  if (outcome.status !== 'failed') expect.fail(outcome.status)
  if (!(outcome.error instanceof TaskFailedError)) expect.fail(outcome.error.name)
  expect(outcome).toMatchObject({ started: true, error: { task: 'Throws', phase: 'running' } })
  return outcome.error.cause
}

describe.each([
  ['throws', false],
  ['rejects with', true],
])('a task that %s', (_, later) => {
  it.each<[Thrown, string]>([
    ['error', 'plain'],
    ['null', 'thrown null'],
    ['undefined', 'thrown undefined'],
    ['string', 'thrown string: "just words"'],
    ['number', 'thrown number: 42'],
    ['proxy', 'thrown object'],
    ['getter', ''],
  ])('%s fails with an error that says so: %j', async (what, message) => {
    await using runtime = new TaskRuntime({ threads: 1 })
    const cause = await causeOf(runtime, what, later)
    expect(cause).toBeInstanceOf(Error)
    expect(cause.message).toBe(message)
    expect(await runtime.startNew(everyday.Add, { a: 1, b: 1 }).result()).toBe(2)
    expect(runtime.stats().threads.live).toBe(1)
  })

  it('an error of its own class keeps class, name, code, fields, cause and stack', async () => {
    await using runtime = new TaskRuntime({ threads: 1 })
    const cause = await causeOf(runtime, 'typed', later)
    expect(cause).toMatchObject({
      name: 'OutOfStock',
      message: 'none left',
      code: 'OUT_OF_STOCK',
      article: { id: 17, colour: 'red' },
    })
    expect(cause.stack).toContain('faulty.tasks.mjs')
    expect(cause.cause).toBeInstanceOf(TypeError)
    expect(cause.cause).toMatchObject({ message: 'why' })
  })

  it('an error whose cause leads back to it settles, its chain cut', async () => {
    await using runtime = new TaskRuntime({ threads: 1 })
    const cause = await causeOf(runtime, 'cyclic', later)
    expect(cause).toMatchObject({ message: 'outer', cause: { message: 'inner', cause: '[circular cause]' } })
  })

  it('an AggregateError keeps its errors', async () => {
    await using runtime = new TaskRuntime({ threads: 1 })
    const cause = await causeOf(runtime, 'aggregate', later)
    expect(cause).toBeInstanceOf(AggregateError)
    expect((cause as AggregateError).errors).toMatchObject([
      { name: 'TypeError', message: 'first' },
      Error('thrown string: "second"'),
    ])
  })
})

describe('a failure', () => {
  it('names task and phase in its message, and is thrown by result()', async () => {
    await using runtime = new TaskRuntime({ threads: 1 })
    const handle = runtime.startNew(faulty.Throws, { what: 'typed', later: false })
    await expect(handle.result()).rejects.toMatchObject({
      code: 'OFFMAIN_TASK_FAILED',
      message: 'Task Throws failed while running: OutOfStock: none left',
    })
  })

  it('in the constructor counts as the call having started', async () => {
    await using runtime = new TaskRuntime({ threads: 1 })
    const outcome = await runtime.startNew(faulty.ThrowsInConstructor).completion
    expect(outcome).toMatchObject({ status: 'failed', started: true, error: { cause: { message: 'not built' } } })
  })

  it('outside of the call, in its timer, is the failure of that call while it runs', async () => {
    await using runtime = new TaskRuntime({ threads: 1 })
    const outcome = await runtime.startNew(faulty.ThrowsInTimer).completion
    expect(outcome).toMatchObject({ status: 'failed', error: { cause: { message: 'in a timer' } } })
    expect(await runtime.startNew(everyday.Add, { a: 1, b: 1 }).result()).toBe(2)
  })

  it('as a rejection that nobody handles is the failure of that call while it runs', async () => {
    await using runtime = new TaskRuntime({ threads: 1 })
    const outcome = await runtime.startNew(faulty.RejectsAside).completion
    expect(outcome).toMatchObject({ status: 'failed', error: { cause: { message: 'aside' } } })
    expect(await runtime.startNew(everyday.Add, { a: 1, b: 1 }).result()).toBe(2)
  })
})

describe('a result that cannot cross', () => {
  it.each([
    ['function', '$.callback', 'function'],
    ['instance', '$[0].date', 'class instance (Invoice)'],
    ['cycle', '$.self', 'circular reference'],
    ['promise', '$.inner', 'class instance (Promise)'],
  ] as const)('a %s fails its call with the path; the thread lives', async (what, path, found) => {
    await using runtime = new TaskRuntime({ threads: 1 })
    const outcome = await runtime.startNew(faulty.ReturnsUnserialisable, { what }).completion
    if (outcome.status !== 'failed') expect.fail(outcome.status)
    expect(outcome.error).toBeInstanceOf(ResultSerializationError)
    expect(outcome.error).toMatchObject({ path, found })
    const next = await runtime.startNew(everyday.Nothing).completion
    expect(next).toMatchObject({ status: 'completed', threadId: outcome.threadId })
  })

  it('because it is larger than maxPayload fails its call alone', async () => {
    await using runtime = new TaskRuntime({ threads: 1, maxPayload: 100_000 })
    const outcome = await runtime.startNew(faulty.ReturnsMuch, { bytes: 200_000 }).completion
    if (outcome.status !== 'failed') expect.fail(outcome.status)
    expect(outcome.error).toBeInstanceOf(ResultSerializationError)
    expect(await runtime.startNew(faulty.ReturnsMuch, { bytes: 90_000 }).result()).toHaveLength(90_000)
  })
})

describe('a thread that dies', () => {
  it.each(['at once', 'timer'] as const)(
    'by process.exit() in the task, %s, settles the call as crashed and is replaced',
    async (how) => {
      await using runtime = new TaskRuntime({ threads: { min: 1, max: 1, spare: 0 } })
      const outcome = await runtime.startNew(faulty.Exits, { code: 7, how }).completion
      if (outcome.status !== 'crashed') expect.fail(outcome.status)
      expect(outcome.error).toBeInstanceOf(TaskCrashedError)
      expect(outcome.error).toMatchObject({ code: 'OFFMAIN_TASK_CRASHED', task: 'Exits', phase: 'running' })
      expect(outcome.error.message).toContain('code 7')
      expect(outcome.started).toBe(true)
      const next = await runtime.startNew(everyday.Add, { a: 1, b: 1 }).completion
      expect(next).toMatchObject({ status: 'completed', value: 2 })
      expect(next.threadId).not.toBe(outcome.threadId)
    },
  )
})

describe('a task module', () => {
  const broken = (file: string) =>
    taskModule<{ Never: new () => { run(): void } }>(new URL(`./fixtures/${file}`, import.meta.url)).Never

  it('that is missing fails its calls while loading, each once, and the thread lives', async () => {
    await using runtime = new TaskRuntime({ threads: 1 })
    for (let round = 0; round < 2; round++) {
      const outcome = await runtime.startNew(broken('nowhere.tasks.mjs')).completion
      expect(outcome).toMatchObject({
        status: 'failed',
        started: false,
        error: {
          phase: 'loading',
          cause: { code: 'ERR_MODULE_NOT_FOUND', message: expect.stringContaining('nowhere') },
        },
      })
    }
    expect(await runtime.startNew(everyday.Add, { a: 1, b: 1 }).result()).toBe(2)
    expect(runtime.stats().settled).toEqual({ completed: 1, failed: 2, 'timed-out': 0, canceled: 0, crashed: 0 })
  })

  it('that throws fails its calls with what it threw', async () => {
    await using runtime = new TaskRuntime({ threads: 1 })
    for (let round = 0; round < 2; round++) {
      const outcome = await runtime.startNew(broken('throwing.tasks.mjs')).completion
      expect(outcome).toMatchObject({
        status: 'failed',
        started: false,
        error: { phase: 'loading', cause: { message: 'this module cannot be loaded' } },
      })
    }
    expect(await runtime.startNew(everyday.Add, { a: 1, b: 1 }).result()).toBe(2)
  })

  it.each(['pending.tasks.mjs', 'looping.tasks.mjs'])(
    'that never finishes loading (%s) times out by startTimeout, not by the run limit; others go on',
    async (file) => {
      await using runtime = new TaskRuntime({ threads: 1, startTimeout: 300, timeout: 50_000 })
      // Warm, so that the other call needs no loading.
      await runtime.startNew(everyday.Nothing).completion
      const stuck = runtime.startNew(broken(file))
      const other = runtime.startNew(everyday.Add, { a: 1, b: 1 })
      expect(await other.result()).toBe(2)
      expect(await stuck.completion).toMatchObject({
        status: 'timed-out',
        started: false,
        error: { phase: 'loading', timeout: 300 },
        timing: { running: 0 },
      })
    },
  )

  it.each([
    ['NotThere', /exports no NotThere\. It exports: .*ForLoop/],
    ['HasNoRun', /Class HasNoRun of .* has no run method\. Implement BackgroundTask/],
    ['isNoClass', /isNoClass of .* is no class but a number\. Export a class with a run method/],
    ['arrow', /arrow of .* is no class but a function/],
    ['WrongTimeout', /WrongTimeout\.timeout is -5; allowed: ms, more than 0, or Infinity/],
  ] as const)('whose export %s is no task class fails its call with a precise message', async (name, message) => {
    await using runtime = new TaskRuntime({ threads: 1 })
    const outcome = await runtime.startNew(faulty[name]).completion
    if (outcome.status !== 'failed' || !(outcome.error instanceof TaskFailedError)) expect.fail(outcome.status)
    expect(outcome).toMatchObject({ started: false, error: { phase: 'loading', cause: { code: 'OFFMAIN_TASK_LOAD' } } })
    expect(outcome.error.cause.message).toMatch(message)
    expect(await runtime.startNew(everyday.Add, { a: 1, b: 1 }).result()).toBe(2)
  })
})
