import { AsyncLocalStorage } from 'node:async_hooks'
import { describe, expect, it } from 'vitest'
import { decode, encode } from '../../src/contract/codec.js'
import { ControlBlock, Phase } from '../../src/contract/control-block.js'
import { ConnectionUse } from '../../src/contract/frame.js'
import type { FailureRecord } from '../../src/contract/messages.js'
import { Ending } from '../../src/contract/outbox.js'
import type { User } from '../../src/contract/task.js'
import type { LoadedTask } from '../../workers/load-task.js'
import { CallRun, STEPS, type Surroundings } from '../../workers/run-task.js'
import { UserConnections } from '../../workers/user-connections.js'

interface Situation {
  readonly parameters?: unknown
  readonly user?: User
  readonly connection?: ConnectionUse
  readonly needsConnection?: boolean
  readonly timeoutMs?: number
}

function prepared(task: LoadedTask['create'], situation: Situation = {}): { run: CallRun; around: Surroundings } {
  const { parameters, user, connection = ConnectionUse.none, needsConnection = false, timeoutMs = 0 } = situation
  const around: Surroundings = {
    control: new ControlBlock(),
    connections: new UserConnections(undefined, 1, () => {}),
    maxPayload: { bytes: 1_000, depth: 10 },
    owner: new AsyncLocalStorage(),
    load: () => ({ create: task, needsConnection, timeoutMs }),
    postProgress: () => {},
  }
  const { bytes, attachments } = encode(parameters)
  const call = { id: 5, taskKey: 1, userKey: user ? 1 : 0, connection, parameters: bytes, attachments }
  return { run: new CallRun(call, 'Task', 0, user), around }
}

/** Takes the call through its steps, as `run-batch.ts` does. */
async function through({ run, around }: { run: CallRun; around: Surroundings }): Promise<CallRun> {
  try {
    for (const step of STEPS) {
      await step(run, around)
      if (run.failure !== undefined) break
    }
  } catch (error) {
    run.fail(error)
  }
  return run
}

describe('the steps of a call', () => {
  it('decode, make, run and encode', async () => {
    const setup = prepared(
      class {
        run(parameters: unknown) {
          return { got: parameters }
        }
      },
      { parameters: { a: 1 }, timeoutMs: 250 },
    )
    const run = await through(setup)
    const report = run.report(setup.around.control)
    expect(report).toMatchObject({ ending: Ending.completed })
    expect(decode(report.bytes)).toEqual({ got: { a: 1 } })
    expect(setup.around.control).toMatchObject({ phase: Phase.encoding, classTimeoutMs: 250, runAt: run.runAt })
    expect(report.claimedAt).toBeLessThanOrEqual(report.runAt)
    expect(report.runAt).toBeLessThanOrEqual(report.endAt)
  })

  it('call setUserConnection once, before run, with the connection', async () => {
    const seen: unknown[] = []
    const run = await through(
      prepared(
        class {
          setUserConnection(connection: User) {
            seen.push(connection.id)
          }
          run() {
            seen.push('run')
          }
        },
        { user: { id: 'ada' }, connection: ConnectionUse.required, needsConnection: true },
      ),
    )
    expect(run.failure).toBeUndefined()
    expect(seen).toEqual(['ada', 'run'])
  })

  it.each<[string, Situation, string]>([
    ['startNew of a task that needs one', { needsConnection: true, user: { id: 'a' } }, 'startNewWithUserConnection'],
    [
      'startNewWithUserConnection of a task that takes none',
      { connection: ConnectionUse.required, user: { id: 'a' } },
      'startNew',
    ],
    ['no user', { needsConnection: true, connection: ConnectionUse.asTheClassSays }, 'runtime.runAs'],
  ])('refuse a connection that does not fit (%s) before the task is made', async (_, situation, hint) => {
    let made = 0
    const run = await through(
      prepared(
        class {
          constructor() {
            made++
          }
          run() {}
        },
        situation,
      ),
    )
    expect(run.failure).toMatchObject({
      kind: 'thrown',
      phase: 'loading',
      error: { message: expect.stringContaining(hint) },
    })
    expect([made, run.runAt]).toEqual([0, 0])
  })

  it.each<[string, LoadedTask['create'], Partial<FailureRecord>]>([
    [
      'the constructor',
      class {
        constructor() {
          throw new Error('made wrong')
        }
        run() {}
      },
      { kind: 'thrown', phase: 'running' },
    ],
    [
      'run',
      class {
        run() {
          throw new Error('ran wrong')
        }
      },
      { kind: 'thrown', phase: 'running' },
    ],
    [
      'a result with a function',
      class {
        run() {
          return { f: () => 1 }
        }
      },
      { kind: 'result', path: '$.f', found: 'function' },
    ],
    [
      'a result that is too large',
      class {
        run() {
          return 'x'.repeat(2_000)
        }
      },
      { kind: 'result' },
    ],
    [
      'a then that throws',
      class {
        run(): unknown {
          return Object.defineProperty({}, 'then', {
            value: () => {
              throw new Error('no thenable')
            },
          })
        }
      },
      { kind: 'thrown', phase: 'running' },
    ],
  ])('report a failure of %s', async (_, task, failure) => {
    const setup = prepared(task)
    const run = await through(setup)
    const report = run.report(setup.around.control)
    expect(report.ending).toBe(Ending.failed)
    expect(decode(report.bytes)).toMatchObject(failure)
  })

  it('take any thenable for a promise', async () => {
    const setup = prepared(
      class {
        run(): unknown {
          return Object.defineProperty({}, 'then', { value: (resolve: (value: number) => void) => resolve(7) })
        }
      },
    )
    expect((await through(setup)).result).toBe(7)
  })

  it('fail parameters that are no message of ours, and only them', async () => {
    const setup = prepared(
      class {
        run() {}
      },
    )
    const broken = new CallRun({ ...setup.run.call, parameters: new Uint8Array([0xc1]) }, 'Task', 0, undefined)
    const run = await through({ run: broken, around: setup.around })
    expect(run.failure).toMatchObject({ kind: 'thrown', phase: 'loading', error: { name: 'DecodeError' } })
  })

  it('keep the first failure', () => {
    const { run } = prepared(
      class {
        run() {}
      },
    )
    run.fail(new Error('first'))
    run.fail(new Error('second'))
    expect(run.failure).toMatchObject({ error: { message: 'first' } })
  })

  it('let running code be known by its call, also after an await and in a timer', async () => {
    const owners: unknown[] = []
    let around: Surroundings | undefined
    const setup = prepared(
      class {
        async run() {
          owners.push(around?.owner.getStore())
          await new Promise<void>((resolve) => {
            setTimeout(() => {
              owners.push(around?.owner.getStore())
              resolve()
            })
          })
          owners.push(around?.owner.getStore())
        }
      },
    )
    around = setup.around
    await through(setup)
    expect(owners).toEqual([setup.run, setup.run, setup.run])
  })

  it('say that the call gave way when it ended after it was asked to', async () => {
    const setup = prepared(
      class {
        run() {}
      },
    )
    setup.around.control.ask(0)
    expect((await through(setup)).report(setup.around.control).ending).toBe(Ending.gaveWay)
  })
})
