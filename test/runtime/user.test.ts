import { InvalidOptionError, TaskFailedError, TaskRuntime, UserRequiredError } from 'offmain'
import { describe, expect, it } from 'vitest'
import { acting, ada, bob } from './fixtures/acting.js'
import { everyday } from './fixtures/everyday.js'

async function whoRan(runtime: TaskRuntime): Promise<string | undefined> {
  return (await runtime.startNew(everyday.WhatItSees, null).result()).user?.id
}

describe('runAs', () => {
  it('gives its user to calls that name none; a call can name its own', async () => {
    await using runtime = new TaskRuntime({ threads: 1 })
    expect(await whoRan(runtime)).toBeUndefined()
    expect(await runtime.runAs(ada, () => whoRan(runtime))).toBe('ada')
    const own = runtime.runAs(ada, () => runtime.startNew(everyday.WhatItSees, null, { user: bob }))
    expect((await own.result()).user).toEqual(bob)
    expect(await whoRan(runtime)).toBeUndefined()
  })

  it('nests, and lasts across awaits, timers and parallel work', async () => {
    await using runtime = new TaskRuntime({ threads: 2 })
    const asBob = async (): Promise<(string | undefined)[]> => {
      const before = await whoRan(runtime)
      await new Promise((resolve) => setImmediate(resolve))
      const inner = await runtime.runAs(ada, async () => {
        await Promise.resolve()
        return whoRan(runtime)
      })
      await new Promise((resolve) => setTimeout(resolve, 1))
      return [before, inner, await whoRan(runtime)]
    }
    const asAda = async (): Promise<(string | undefined)[]> => [await whoRan(runtime), await whoRan(runtime)]
    expect(await Promise.all([runtime.runAs(bob, asBob), runtime.runAs(ada, asAda)])).toEqual([
      ['bob', 'ada', 'bob'],
      ['ada', 'ada'],
    ])
  })

  it('returns what its callback returns and throws what it throws', async () => {
    await using runtime = new TaskRuntime({ threads: 1 })
    expect(runtime.runAs(ada, () => 17)).toBe(17)
    expect(() =>
      runtime.runAs(ada, () => {
        throw new Error('as it is')
      }),
    ).toThrow('as it is')
  })

  it('belongs to its runtime alone', async () => {
    await using first = new TaskRuntime({ threads: 1 })
    await using second = new TaskRuntime({ threads: 1 })
    expect(await first.runAs(ada, () => whoRan(second))).toBeUndefined()
  })

  it.each([
    [undefined, /Option user is undefined; allowed: an object with a string id/],
    [null, /Option user is null; allowed: an object with a string id/],
    ['ada', /Option user is "ada"; allowed: an object with a string id/],
    [{}, /Option user\.id is undefined; allowed: a string/],
    [{ id: 17 }, /Option user\.id is 17; allowed: a string/],
  ])('refuses the user %j', async (user, message) => {
    await using runtime = new TaskRuntime({ threads: 1 })
    const runAs = runtime.runAs.bind(runtime) as (user: unknown, callback: () => unknown) => unknown
    expect(() => runAs(user, () => 1)).toThrow(InvalidOptionError)
    expect(() => runAs(user, () => 1)).toThrow(message)
  })
})

describe('a task that requires a user connection', () => {
  it('without a userConnections module gets the identity of its user, once, before run', async () => {
    await using runtime = new TaskRuntime({ threads: 1 })
    const value = await runtime.startNewWithUserConnection(acting.Act, undefined, { user: ada }).result()
    expect(value).toEqual({ connection: ada, times: 1, user: ada })
  })

  it('takes the ambient user', async () => {
    await using runtime = new TaskRuntime({ threads: 1 })
    const handle = runtime.runAs(bob, () => runtime.startNewWithUserConnection(acting.Act))
    expect(await handle.result()).toMatchObject({ connection: bob })
  })

  it('is refused at once when nobody says who the user is', async () => {
    await using runtime = new TaskRuntime({ threads: 1 })
    expect(() => runtime.startNewWithUserConnection(acting.Act)).toThrow(UserRequiredError)
    expect(() => runtime.startNewWithUserConnection(acting.Act)).toThrow(
      'Task Act was started with a user connection but without a user. Pass { user } or call it inside runtime.runAs(user, …)',
    )
    expect(runtime.stats().pending).toBe(0)
  })

  it('started by startNew fails with a message that says what to call instead', async () => {
    await using runtime = new TaskRuntime({ threads: 1 })
    const startNew = runtime.startNew.bind(runtime) as unknown as TaskRuntime['startNewWithUserConnection']
    const outcome = await startNew(acting.Act, undefined, { user: ada }).completion
    if (outcome.status !== 'failed' || !(outcome.error instanceof TaskFailedError)) expect.fail(outcome.status)
    expect(outcome.started).toBe(false)
    expect(outcome.error.cause).toMatchObject({
      code: 'OFFMAIN_CONNECTION_MISMATCH',
      message: 'Act requires a user connection (it has setUserConnection). Start it with startNewWithUserConnection',
    })
  })

  it('that throws in setUserConnection fails its own call', async () => {
    await using runtime = new TaskRuntime({ threads: 1 })
    const outcome = await runtime.startNewWithUserConnection(acting.ThrowsInSetter, undefined, { user: ada }).completion
    expect(outcome).toMatchObject({ status: 'failed', error: { cause: { message: 'does not want it' } } })
    expect(await runtime.startNewWithUserConnection(acting.Act, undefined, { user: ada }).result()).toMatchObject({
      connection: ada,
    })
  })
})

describe('a task that takes no user connection', () => {
  it('started by startNewWithUserConnection fails with a message that says what to call instead', async () => {
    await using runtime = new TaskRuntime({ threads: 1 })
    const start = runtime.startNewWithUserConnection.bind(runtime) as unknown as TaskRuntime['startNew']
    const outcome = await start(acting.TakesNone, undefined, { user: ada }).completion
    if (outcome.status !== 'failed' || !(outcome.error instanceof TaskFailedError)) expect.fail(outcome.status)
    expect(outcome.started).toBe(false)
    expect(outcome.error.cause).toMatchObject({
      code: 'OFFMAIN_CONNECTION_MISMATCH',
      message: 'TakesNone takes no user connection (it has no setUserConnection). Start it with startNew',
    })
  })
})
