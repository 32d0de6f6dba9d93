import { TaskRuntime } from 'offmain'
import { describe, expect, it } from 'vitest'
import { ada, bob, nextEvent, open, sharedWords, stop, until } from './stop.js'

describe('while a call is being stopped', () => {
  it('the next one is served by the spare thread, long before the stopped one has left its own', async () => {
    await using runtime = new TaskRuntime({ threads: { min: 1, max: 1, spare: 1 } })
    const events: string[] = []
    const tell = (event: string) => events.push(event)
    runtime.on('taskSettled', ({ id, status }) => tell(`call ${id} ${status}`))
    const gone = nextEvent(runtime, 'threadStopped').then(({ threadId }) => tell(`thread ${threadId} stopped`))
    const blocked = runtime.startNew(stop.Sleeps, { command: 'sleep 4' })
    await until(() => runtime.stats().threads.live === 2)
    // Of the same class and user: it waits in line.
    const next = runtime.startNew(stop.Sleeps, { command: 'true' })
    expect([blocked.status, next.status]).toEqual(['running', 'queued'])
    blocked.cancel()
    const [stopped, served] = await Promise.all([blocked.completion, next.completion])
    await gone
    expect(events).toEqual([
      `call ${next.id} completed`,
      `call ${blocked.id} canceled`,
      `thread ${stopped.threadId} stopped`,
    ])
    expect(served.threadId).not.toBe(stopped.threadId)
  })
})

describe('when every lane has been on its call for more than 100 ms', () => {
  it('the spare serves another class and another user, while those of the same class and user wait in line', async () => {
    await using runtime = new TaskRuntime({ threads: { min: 2, max: 2, spare: 1 } })
    const long = [sharedWords(), sharedWords()]
    const running = long.map((words) => runtime.startNew(stop.Gate, { words }, { user: ada }))
    await until(() => long.every((words) => words[0] === 1))

    const same = sharedWords()
    open(same)
    const otherUser = sharedWords()
    open(otherUser)
    const otherClass = sharedWords()
    open(otherClass)
    const waiting = runtime.startNew(stop.Gate, { words: same }, { user: ada })
    const [byUser, byClass] = await Promise.all([
      runtime.startNew(stop.Gate, { words: otherUser }, { user: bob }).completion,
      runtime.startNew(stop.OtherGate, { words: otherClass }, { user: ada }).completion,
    ])
    expect([byUser.status, byClass.status]).toEqual(['completed', 'completed'])
    expect(byUser.timing.queued + byClass.timing.queued).toBeGreaterThan(0)
    expect(running.map(({ status }) => status)).toEqual(['running', 'running'])
    expect([waiting.status, same[0]]).toEqual(['queued', 0])

    open(long[0] as Int32Array)
    expect(await waiting.completion).toMatchObject({
      status: 'completed',
      threadId: (await running[0]?.completion)?.threadId,
    })
    open(long[1] as Int32Array)
    expect(await running[1]?.result()).toBe('through')
  })

  it('not without a spare', async () => {
    await using runtime = new TaskRuntime({ threads: { min: 1, max: 1, spare: 0 } })
    const words = sharedWords()
    const running = runtime.startNew(stop.Gate, { words }, { user: ada })
    await until(() => words[0] === 1)
    const other = runtime.startNew(stop.Nothing, undefined, { user: bob })
    const long = nextEvent(runtime, 'taskStarted', ({ id }) => id === running.id)
    await long
    await new Promise((resolve) => setImmediate(resolve))
    expect(other.status).toBe('queued')
    open(words)
    await Promise.all([running.completion, other.completion])
  })
})

describe('users take turns', () => {
  it('no user gets a second call started before each other one got a first', async () => {
    await using runtime = new TaskRuntime({ threads: { min: 1, max: 1, spare: 0 } })
    const words = sharedWords()
    const first = runtime.startNew(stop.Gate, { words })
    await until(() => words[0] === 1)
    const order: string[] = []
    runtime.on('taskStarted', ({ user }) => {
      if (user !== undefined) order.push(user.id)
    })
    const users = ['greedy', 'b', 'c', 'd', 'e'].map((id) => ({ id }))
    const handles = users.flatMap((user) =>
      Array.from({ length: user.id === 'greedy' ? 20 : 2 }, () => runtime.startNew(stop.Nothing, undefined, { user })),
    )
    open(words)
    await Promise.all([first.completion, ...handles.map((handle) => handle.completion)])
    expect(order.slice(0, 5).sort()).toEqual(['b', 'c', 'd', 'e', 'greedy'])
    expect(order.slice(5, 10).sort()).toEqual(['b', 'c', 'd', 'e', 'greedy'])
    expect(order.slice(10)).toEqual(Array(18).fill('greedy'))
  })
})
