import type { PhaseName } from './contract/control-block.js'
import type { StackFrame } from './contract/stack-frame.js'

export type { StackFrame }

/** Every error that offmain makes: a literal `code` to switch on, the facts as fields, a message that says what to do. */
export abstract class OffmainError extends Error {
  abstract readonly code: `OFFMAIN_${string}`

  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = new.target.name
  }
}

/** Thrown by `startNew`: the parameters cannot cross to a thread exactly. Nothing was queued. */
export class ParameterSerializationError extends OffmainError {
  readonly code = 'OFFMAIN_PARAMETER_SERIALIZATION' as const
  /** @param path where, such as `$.items[3].callback` @param found what was there, such as `function` */
  constructor(
    readonly path: string,
    readonly found: string,
    readonly hint: string,
    options?: ErrorOptions,
  ) {
    super(`Parameters cannot be sent to a thread: ${found} at ${path}; ${hint}`, options)
  }
}

/** The task ran and its result cannot cross back exactly. */
export class ResultSerializationError extends OffmainError {
  readonly code = 'OFFMAIN_RESULT_SERIALIZATION' as const
  constructor(
    readonly task: string,
    readonly path: string,
    readonly found: string,
    readonly hint: string,
  ) {
    super(`Task ${task} ran, but its result cannot be sent back: ${found} at ${path}; ${hint}`)
  }
}

/** The task threw, or could not be loaded or connected: `cause` is what was thrown, with its stack on the thread. */
export class TaskFailedError extends OffmainError {
  readonly code = 'OFFMAIN_TASK_FAILED' as const
  declare readonly cause: Error
  constructor(
    readonly task: string,
    readonly phase: PhaseName,
    cause: Error,
  ) {
    super(`Task ${task} failed while ${phase}: ${cause.name}: ${cause.message}`, { cause })
  }
}

/**
 * The task's calls kept being stopped or crashing their threads, so for a while they fail without being tried. After
 * `until` one is let through as a trial.
 */
export class TaskSuspendedError extends OffmainError {
  readonly code = 'OFFMAIN_TASK_SUSPENDED' as const
  /** @param within ms */
  constructor(
    readonly task: string,
    readonly offences: number,
    readonly within: number,
    readonly until: Date,
  ) {
    super(
      `Task ${task} is suspended until ${until.toISOString()}: ${offences} of its calls were stopped or crashed their thread within ${within} ms. Mend the task, or set options.suspend`,
    )
  }
}

/** Which grade of stopping ended a call; `nothing`: its thread could not be stopped. */
export type StoppedBy = 'signal' | 'interrupt' | 'terminate' | 'nothing'

/** The call reached its limit. `phase` tells which: run time, or `startTimeout` while loading or connecting. */
export class TaskTimedOutError extends OffmainError {
  readonly code = 'OFFMAIN_TASK_TIMED_OUT' as const
  /** @param timeout the limit, ms @param elapsed how long it ran, ms */
  constructor(
    readonly task: string,
    readonly timeout: number,
    readonly elapsed: number,
    readonly phase: PhaseName,
    readonly stoppedBy: StoppedBy,
    /** Where it was stuck, the task's own code first; `undefined` when it ran no JavaScript or could not be looked at. */
    readonly stuckAt: readonly StackFrame[] | undefined,
  ) {
    super(
      `Task ${task} was stopped after ${Math.round(elapsed)} ms of ${phase}${describePlace(stuckAt)} (limit ${timeout} ms, ${describeStop(stoppedBy)})`,
    )
  }
}

/** The call was canceled by its handle, its signal or `close`; `cause` is the reason given. */
export class TaskCanceledError extends OffmainError {
  readonly code = 'OFFMAIN_TASK_CANCELED' as const
  /** @param stoppedBy `undefined` when the call never started */
  constructor(
    readonly task: string,
    reason: unknown,
    readonly stoppedBy: StoppedBy | undefined,
    /** Where it was, if it was stopped while it ran JavaScript. */
    readonly stuckAt: readonly StackFrame[] | undefined,
  ) {
    super(
      stoppedBy === undefined
        ? `Task ${task} was canceled before it started`
        : `Task ${task} was canceled while it ran${describePlace(stuckAt)} (${describeStop(stoppedBy)})`,
      { cause: reason },
    )
  }
}

/** The thread died under the call: it exited, ran out of memory, or met an error that nothing caught. */
export class TaskCrashedError extends OffmainError {
  readonly code = 'OFFMAIN_TASK_CRASHED' as const
  constructor(
    readonly task: string,
    readonly phase: PhaseName,
    cause: Error,
  ) {
    super(`Task ${task} lost its thread while ${phase}: ${cause.message}`, { cause })
  }
}

/** Thrown by `startNew`: the queue is at its limit. Wait for `queueDrained`, or use `map`, which waits by itself. */
export class QueueFullError extends OffmainError {
  readonly code = 'OFFMAIN_QUEUE_FULL' as const
  constructor(
    readonly dimension: 'calls' | 'bytes',
    readonly limit: number,
    /** How much waits; more than `limit`: what the call alone would take. */
    readonly size: number,
  ) {
    super(
      size > limit
        ? `The parameters take ${size} ${dimension}, and the queue has room for ${limit}: raise options.queue.${dimension}`
        : `The queue is full: ${size} ${dimension} of at most ${limit} are waiting. Wait for 'queueDrained', use map(), or raise options.queue`,
    )
  }
}

/** Thrown by `startNew` after `close`, and the reason of the calls that `close` cancels. */
export class RuntimeClosedError extends OffmainError {
  readonly code = 'OFFMAIN_RUNTIME_CLOSED' as const
  constructor() {
    super('The runtime is closed. Start calls before close(), or create a new TaskRuntime')
  }
}

/** Thrown by `startNew`: as many threads as `threads.max` are stuck in native code and cannot be stopped. */
export class StuckThreadsError extends OffmainError {
  readonly code = 'OFFMAIN_STUCK_THREADS' as const
  constructor(readonly stuckThreads: number) {
    super(
      `${stuckThreads} threads are stuck in native code and cannot be stopped; no more are started. See runtime.snapshot() for their tasks, and restart the process if they do not return`,
    )
  }
}

/** Thrown for an option that is out of range, of the wrong type, unknown, or at odds with another. */
export class InvalidOptionError extends OffmainError {
  readonly code = 'OFFMAIN_INVALID_OPTION' as const
  constructor(
    readonly option: string,
    readonly given: unknown,
    readonly allowed: string,
    cause?: unknown,
  ) {
    super(`Option ${option} is ${describeGiven(given)}; allowed: ${allowed}`, cause === undefined ? {} : { cause })
  }
}

/** Thrown by `startNew` for a first argument that is no task reference. */
export class InvalidTaskReferenceError extends OffmainError {
  readonly code = 'OFFMAIN_INVALID_TASK_REFERENCE' as const
  constructor(readonly given: unknown) {
    super(
      `Expected a task reference, got ${describeGiven(given)}. Make one with taskModule<typeof import('./my.tasks.js')>(new URL('./my.tasks.js', import.meta.url)).MyTask`,
    )
  }
}

/** Thrown by `startNewWithUserConnection` when neither the call nor `runAs` says who the user is. */
export class UserRequiredError extends OffmainError {
  readonly code = 'OFFMAIN_USER_REQUIRED' as const
  constructor(readonly task: string) {
    super(
      `Task ${task} was started with a user connection but without a user. Pass { user } or call it inside runtime.runAs(user, …)`,
    )
  }
}

function describePlace(stuckAt: readonly StackFrame[] | undefined): string {
  const frame = stuckAt?.[0]
  return frame === undefined ? '' : ` at ${frame.function} (${frame.url}:${frame.line}:${frame.column})`
}

function describeStop(stoppedBy: StoppedBy): string {
  switch (stoppedBy) {
    case 'signal':
      return 'it gave way to its signal'
    case 'interrupt':
      return 'its thread was interrupted'
    case 'terminate':
      return 'its thread was terminated'
    case 'nothing':
      return 'its thread could not be stopped'
  }
}

function describeGiven(given: unknown): string {
  if (typeof given === 'string') return JSON.stringify(given.slice(0, 80))
  if (typeof given === 'function') return `function ${given.name || '(anonymous)'}`
  if (typeof given === 'bigint') return `${given}n`
  if (typeof given === 'object' && given !== null)
    return Array.isArray(given) ? `an array of ${given.length}` : 'an object'
  return String(given)
}
