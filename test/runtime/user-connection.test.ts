import { randomUUID } from 'node:crypto'
import { BroadcastChannel } from 'node:worker_threads'
import { type LateEvent, TaskRuntime } from 'offmain'
import { describe, expect, it } from 'vitest'
import { acting } from './fixtures/acting.js'
import { ConnectionLog } from './fixtures/connection-log.js'
import { sharedWords, until } from './fixtures/shared-words.js'

function runtimeOf(
  threads: number,
  more: { timeout?: number; grace?: number; startTimeout?: number } = {},
): TaskRuntime {
  return new TaskRuntime({
    threads: { min: threads, max: threads, spare: 0 },
    userConnections: ConnectionLog.url,
    ...more,
  })
}

describe('a user connection', () => {
  it('is opened once for a user and thread, and reset between calls', async () => {
    await using runtime = runtimeOf(1)
    using log = new ConnectionLog()
    const user = log.user('ada')
    const values = []
    for (let round = 0; round < 3; round++) {
      values.push(await runtime.startNewWithUserConnection(acting.Act, undefined, { user }).result())
    }
    expect(values.map(({ connection, times }) => [connection.serial, connection.resets, times])).toEqual([
      [1, 0, 1],
      [1, 1, 1],
      [1, 2, 1],
    ])
    await log.has('reset ada#1')
    await until(() => log.lines.length >= 3)
    expect(log.lines).toEqual(['open ada#1', 'reset ada#1', 'reset ada#1'])
  })

  it('is the same for users of equal content, another for different ones', async () => {
    await using runtime = runtimeOf(1)
    using log = new ConnectionLog()
    const act = (user: ReturnType<ConnectionLog['user']>) =>
      runtime.startNewWithUserConnection(acting.Act, undefined, { user }).result()
    await act(log.user('ada'))
    await act(log.user('ada'))
    await act({ ...log.user('ada'), name: 'Ada' })
    await until(() => log.lines.length >= 4)
    expect(log.lines).toEqual(['open ada#1', 'reset ada#1', 'close ada#1', 'open ada#2'])
  })

  it('is closed when another user needs the place, and when the thread ends', async () => {
    using log = new ConnectionLog()
    {
      await using runtime = runtimeOf(1)
      for (const id of ['ada', 'bob', 'ada']) {
        const value = await runtime.startNewWithUserConnection(acting.Act, undefined, { user: log.user(id) }).result()
        expect(value.connection.id).toBe(id)
      }
    }
    await until(() => log.lines.length >= 6)
    expect(log.lines).toEqual(['open ada#1', 'close ada#1', 'open bob#2', 'close bob#2', 'open ada#3', 'close ada#3'])
  })

  it('belongs to one thread: each has its own', async () => {
    await using runtime = runtimeOf(2)
    using log = new ConnectionLog()
    const user = log.user('ada')
    const outcomes = []
    while (new Set(outcomes.map(({ threadId }) => threadId)).size < 2) {
      const handles = Array.from({ length: 8 }, () =>
        runtime.startNewWithUserConnection(acting.Act, undefined, { user }),
      )
      outcomes.push(...(await Promise.all(handles.map((handle) => handle.completion))))
    }
    for (const outcome of outcomes) {
      expect(outcome.status === 'completed' && outcome.value.connection.threadId).toBe(outcome.threadId)
    }
    await until(() => log.lines.filter((line) => line.startsWith('open')).length >= 2)
    expect(log.entries.filter(({ what }) => what === 'open')).toHaveLength(2)
  })

  it('whose open throws fails the call while connecting; the thread lives, and other users are served', async () => {
    await using runtime = runtimeOf(1)
    using log = new ConnectionLog()
    const words = sharedWords(1)
    const failed = await runtime.startNewWithUserConnection(
      acting.Act,
      { words },
      { user: log.user('ada', { fail: 'open' }) },
    ).completion
    expect(failed).toMatchObject({
      status: 'failed',
      started: false,
      error: { phase: 'connecting', cause: { message: 'no connection for ada' } },
    })
    expect(Atomics.load(words, 0)).toBe(0)
    const other = await runtime.startNewWithUserConnection(acting.Act, { words }, { user: log.user('bob') }).completion
    expect(other).toMatchObject({ status: 'completed', threadId: failed.threadId })
    expect(Atomics.load(words, 0)).toBe(1)
  })

  it('whose open never comes back times out by startTimeout; run time is not counted', async () => {
    await using runtime = runtimeOf(1, { startTimeout: 300 })
    using log = new ConnectionLog()
    const words = sharedWords(1)
    const outcome = await runtime.startNewWithUserConnection(
      acting.Act,
      { words },
      { user: log.user('ada', { waitFor: randomUUID() }) },
    ).completion
    expect(outcome).toMatchObject({ status: 'timed-out', started: false, error: { phase: 'connecting', timeout: 300 } })
    expect(Atomics.load(words, 0)).toBe(0)
    const next = await runtime.startNewWithUserConnection(acting.Act, undefined, { user: log.user('ada') }).completion
    expect(next.status).toBe('completed')
  })

  it('whose reset throws is closed and opened anew; the call does not notice, and the failure is told', async () => {
    await using runtime = runtimeOf(1)
    using log = new ConnectionLog()
    const late: (LateEvent & { error: Error })[] = []
    runtime.on('lateFailure', (failure) => late.push(failure))
    const user = log.user('ada', { fail: 'reset' })
    const first = runtime.startNewWithUserConnection(acting.Act, undefined, { user })
    expect((await first.result()).connection.serial).toBe(1)
    expect((await runtime.startNewWithUserConnection(acting.Act, undefined, { user }).result()).connection.serial).toBe(
      2,
    )
    await until(() => log.lines.length >= 4)
    expect(log.lines).toEqual(['open ada#1', 'reset ada#1', 'close ada#1', 'open ada#2'])
    expect(late).toMatchObject([{ id: first.id, task: 'Act', error: { message: 'no reset for ada' } }])
  })

  it('whose close throws gives its place all the same, and the failure is told', async () => {
    await using runtime = runtimeOf(1)
    using log = new ConnectionLog()
    const late: (LateEvent & { error: Error })[] = []
    runtime.on('lateFailure', (failure) => late.push(failure))
    const first = runtime.startNewWithUserConnection(acting.Act, undefined, {
      user: log.user('ada', { fail: 'close' }),
    })
    await first.completion
    const next = await runtime.startNewWithUserConnection(acting.Act, undefined, { user: log.user('bob') }).completion
    expect(next).toMatchObject({ status: 'completed', value: { connection: { id: 'bob', serial: 2 } } })
    expect(late).toMatchObject([{ id: first.id, error: { message: 'no close for ada' } }])
  })

  it('whose task threw is reset before it is lent again', async () => {
    await using runtime = runtimeOf(1)
    using log = new ConnectionLog()
    const user = log.user('ada')
    const words = sharedWords(1)
    await runtime.startNewWithUserConnection(acting.ActAndFail, { how: 'throw', words }, { user }).completion
    const { connection } = await runtime.startNewWithUserConnection(acting.Act, undefined, { user }).result()
    expect(connection).toMatchObject({ serial: 1, resets: 1 })
  })

  it.each(['loop', 'await'] as const)(
    'of a call that timed out (%s) is closed by its thread and never lent again',
    async (how) => {
      await using runtime = runtimeOf(1, { timeout: 300 })
      using log = new ConnectionLog()
      const user = log.user('ada')
      const words = sharedWords(1)
      const stopped = await runtime.startNewWithUserConnection(acting.ActAndFail, { how, words }, { user }).completion
      expect(stopped).toMatchObject({ status: 'timed-out', started: true, error: { stoppedBy: 'interrupt' } })
      const next = await runtime.startNewWithUserConnection(acting.Act, undefined, { user }).completion
      expect(next).toMatchObject({ status: 'completed', value: { connection: { serial: 1, resets: 0 } } })
      expect(next.threadId).not.toBe(stopped.threadId)
      const ofStopped = (what: string) =>
        log.entries.filter((entry) => entry.threadId === stopped.threadId && entry.what === what).length
      await until(() => ofStopped('close') > 0)
      expect(ofStopped('reset')).toBe(0)
    },
  )

  it('of a call that was stopped by its signal is not lent again either', async () => {
    await using runtime = runtimeOf(1, { grace: 30_000 })
    using log = new ConnectionLog()
    const user = log.user('ada')
    const words = sharedWords(1)
    const handle = runtime.startNewWithUserConnection(acting.ActAndFail, { how: 'give way', words }, { user })
    await until(() => Atomics.load(words, 0) === 1)
    handle.cancel()
    const stopped = await handle.completion
    expect(stopped).toMatchObject({ status: 'canceled', error: { stoppedBy: 'signal' } })
    const { connection } = await runtime.startNewWithUserConnection(acting.Act, undefined, { user }).result()
    expect([connection.threadId, connection.serial]).not.toEqual([stopped.threadId, 1])
  })

  it('of a call that crashed is not lent again', async () => {
    await using runtime = runtimeOf(1)
    using log = new ConnectionLog()
    const user = log.user('ada')
    const words = sharedWords(1)
    const crashed = await runtime.startNewWithUserConnection(acting.ActAndFail, { how: 'exit', words }, { user })
      .completion
    expect(crashed.status).toBe('crashed')
    const { connection } = await runtime.startNewWithUserConnection(acting.Act, undefined, { user }).result()
    expect(connection).toMatchObject({ serial: 1, resets: 0 })
    expect(connection.threadId).not.toBe(crashed.threadId)
  })

  it('of a call canceled while it was being opened: the task never runs, and the outcome says so', async () => {
    await using runtime = runtimeOf(1)
    using log = new ConnectionLog()
    const words = sharedWords(1)
    const waitFor = randomUUID()
    const channel = new BroadcastChannel(waitFor)
    const handle = runtime.startNewWithUserConnection(acting.Act, { words }, { user: log.user('ada', { waitFor }) })
    await log.has('waiting ada#1')
    handle.cancel()
    // The thread hears of it before it hears that it is to retire.
    channel.postMessage('go on')
    const outcome = await handle.completion
    channel.close()
    expect(outcome.status).toBe('canceled')
    await runtime.close()
    expect({ started: outcome.started, starts: Atomics.load(words, 0) }).toEqual({ started: false, starts: 0 })
  })
})

describe('a userConnections module', () => {
  it.each([
    ['that is missing', './fixtures/nowhere.mjs', 'nowhere.mjs'],
    ['without open', './fixtures/everyday.tasks.mjs', 'has no default export with an open(user, thread) function'],
    ['that throws', './fixtures/throwing.tasks.mjs', 'this module cannot be loaded'],
  ])('%s fails only the calls that need it', async (_, file, message) => {
    await using runtime = new TaskRuntime({ threads: 1, userConnections: new URL(file, import.meta.url) })
    const outcome = await runtime.startNewWithUserConnection(acting.Act, undefined, { user: { id: 'ada' } }).completion
    expect(outcome).toMatchObject({
      status: 'failed',
      started: false,
      error: { phase: 'connecting', cause: { message: expect.stringContaining(message) } },
    })
    expect(await runtime.startNew(acting.TakesNone).result()).toBe('none')
  })
})
