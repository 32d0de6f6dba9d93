import type { AsyncLocalStorage } from 'node:async_hooks'
import { now } from '../src/contract/clock.js'
import { decode, type Encoded, encode } from '../src/contract/codec.js'
import { type ControlBlock, Phase, phaseName } from '../src/contract/control-block.js'
import { toErrorRecord } from '../src/contract/error-record.js'
import { ConnectionUse, type FrameCall } from '../src/contract/frame.js'
import type { FailureRecord } from '../src/contract/messages.js'
import { Ending, type Report } from '../src/contract/outbox.js'
import { NotSerializableError } from '../src/contract/strict-value.js'
import type { BackgroundTask, User, UserConnectionRequired } from '../src/contract/task.js'
import { callInterruptibly } from './interruption.js'
import type { LoadedTask } from './load-task.js'
import { CallContext } from './task-context.js'
import type { UserConnections } from './user-connections.js'

/** What the steps need of the thread. */
export interface Surroundings {
  readonly control: ControlBlock
  readonly connections: UserConnections
  readonly maxPayload: { readonly bytes: number; readonly depth: number }
  /** Which call the running code belongs to, also after an `await` or in a timer. */
  readonly owner: AsyncLocalStorage<CallRun>
  load(taskKey: number): LoadedTask | Promise<LoadedTask>
  postProgress(callId: number, value: Uint8Array): void
}

/**
 * One call on its way through the steps below. Each step does its part and may return a promise; what one throws decides
 * the call, and the steps after it do not happen.
 */
export class CallRun {
  phase: Phase = Phase.loading
  claimedAt = 0
  runAt = 0
  parameters: unknown
  loaded: LoadedTask | undefined
  connection: unknown
  task: (BackgroundTask<unknown, unknown> & Partial<UserConnectionRequired<unknown>>) | undefined
  context: CallContext | undefined
  result: unknown
  encoded: Encoded | undefined
  failure: FailureRecord | undefined
  ended = false
  /** Set while the call awaits: ends it with a failure that surfaced elsewhere, in a timer say. */
  reject: ((error: unknown) => void) | undefined

  constructor(
    readonly call: FrameCall,
    readonly taskName: string,
    readonly index: number,
    readonly user: User | undefined,
  ) {}

  enter(phase: Phase, control: ControlBlock): void {
    this.phase = phase
    const at = now()
    if (phase === Phase.loading) this.claimedAt = at
    if (phase === Phase.running) this.runAt = at
    control.enter(phase, at)
  }

  fail(error: unknown): void {
    this.failure ??=
      this.phase === Phase.encoding && error instanceof NotSerializableError
        ? { kind: 'result', path: error.path, found: error.found, hint: error.hint }
        : { kind: 'thrown', phase: phaseName(this.phase), error: toErrorRecord(error) }
  }

  report(control: ControlBlock): Report {
    const { failure, encoded } = this
    const { bytes, attachments } =
      failure === undefined && encoded !== undefined ? encoded : { ...encode(failure), attachments: undefined }
    const ending = failure === undefined ? Ending.completed : Ending.failed
    return {
      ending: control.isAsked(this.index) ? Ending.gaveWay : ending,
      claimedAt: this.claimedAt,
      runAt: this.runAt,
      endAt: now(),
      bytes,
      attachments,
    }
  }
}

export type Step = (run: CallRun, around: Surroundings) => void | PromiseLike<void>

/** In the order in which they happen. */
export const STEPS: readonly Step[] = [load, readParameters, connect, instantiate, runTask, encodeResult]

/** The steps whose handles are the thread's own: the module's, and the user connection's. */
export const PREPARATION: ReadonlySet<Step> = new Set([load, connect])

export function load(run: CallRun, around: Surroundings): void | Promise<void> {
  run.enter(Phase.loading, around.control)
  const loaded = around.owner.run(run, around.load, run.call.taskKey)
  if (loaded instanceof Promise) return loaded.then((task) => checkNeed(run, task))
  checkNeed(run, loaded)
}

export function readParameters(run: CallRun): void {
  run.parameters = decode(run.call.parameters, run.call.attachments)
}

export function connect(run: CallRun, around: Surroundings): void | Promise<void> {
  const { call, user } = run
  if (run.loaded?.needsConnection !== true || user === undefined) return
  run.enter(Phase.connecting, around.control)
  const lent = around.owner.run(run, () => around.connections.lend(call.userKey, user))
  if (!(lent instanceof Promise)) {
    run.connection = lent
    return
  }
  return lent.then((connection) => {
    run.connection = connection
  })
}

/** From here on the limit counts: constructor and `setUserConnection` are the task's own code. */
export function instantiate(run: CallRun, around: Surroundings): void {
  const { loaded, call, user, index } = run
  if (loaded === undefined) return
  around.control.classTimeoutMs = loaded.timeoutMs
  run.context = new CallContext(call.id, user, index, around.control, (value) => around.postProgress(call.id, value))
  run.enter(Phase.running, around.control)
  if (around.control.isStopped) throw new Error('The call was stopped before it ran')
  around.owner.run(run, () =>
    callInterruptibly(() => {
      run.task = new loaded.create()
      if (loaded.needsConnection) run.task.setUserConnection?.(run.connection)
    }),
  )
}

export function runTask(run: CallRun, around: Surroundings): void | Promise<void> {
  const { returned, isPromise } = around.owner.run(run, () =>
    callInterruptibly(() => {
      const returned: unknown = run.task?.run(run.parameters, run.context as CallContext)
      // `then` may be a getter of the task's.
      return { returned, isPromise: isThenable(returned) }
    }),
  )
  if (!isPromise) {
    run.result = returned
    return
  }
  return new Promise((resolve, reject) => {
    run.reject = reject
    around.owner.run(run, () => {
      Promise.resolve(returned).then((result) => {
        run.result = result
        resolve()
      }, reject)
    })
  })
}

export function encodeResult(run: CallRun, around: Surroundings): void {
  run.enter(Phase.encoding, around.control)
  run.encoded = around.owner.run(run, () => callInterruptibly(() => encode(run.result, around.maxPayload)))
}

function checkNeed(run: CallRun, loaded: LoadedTask): void {
  run.loaded = loaded
  const { connection } = run.call
  if (loaded.needsConnection && connection === ConnectionUse.none) {
    throw new ConnectionMismatchError(
      `${run.taskName} requires a user connection (it has setUserConnection). Start it with startNewWithUserConnection`,
    )
  }
  if (!loaded.needsConnection && connection === ConnectionUse.required) {
    throw new ConnectionMismatchError(
      `${run.taskName} takes no user connection (it has no setUserConnection). Start it with startNew`,
    )
  }
  if (loaded.needsConnection && run.user === undefined) {
    throw new ConnectionMismatchError(`${run.taskName} requires a user connection. Pass { user } or use runtime.runAs`)
  }
}

/** The task was started by the wrong one of `startNew` and `startNewWithUserConnection`. */
class ConnectionMismatchError extends Error {
  override readonly name = 'ConnectionMismatchError'
  readonly code = 'OFFMAIN_CONNECTION_MISMATCH'
}

function isThenable(value: unknown): boolean {
  return (
    ((typeof value === 'object' && value !== null) || typeof value === 'function') &&
    typeof (value as { then?: unknown }).then === 'function'
  )
}
