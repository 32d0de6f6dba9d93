import type {
  ResultSerializationError,
  TaskCanceledError,
  TaskCrashedError,
  TaskFailedError,
  TaskSuspendedError,
  TaskTimedOutError,
} from './errors.js'

/** Where a call spent its time, ms. */
export interface OutcomeTiming {
  /** From the start of the call until a thread took it. */
  readonly queued: number
  /** Loading its module and opening its user connection. */
  readonly connecting: number
  /** `run`, and making its result ready to send: what the limit counts. */
  readonly running: number
  /** From the start of the call until its end. */
  readonly total: number
}

interface OutcomeBase {
  readonly id: number
  /** The task's export name, or the call's own `name`. */
  readonly task: string
  /** False: the task's code certainly did not run. */
  readonly started: boolean
  /** The worker thread that served the call; `undefined` when none did. */
  readonly threadId: number | undefined
  readonly timing: OutcomeTiming
}

export interface CompletedOutcome<out T> extends OutcomeBase {
  readonly status: 'completed'
  /** Decoded on first access. */
  readonly value: T
}

export interface FailedOutcome extends OutcomeBase {
  readonly status: 'failed'
  readonly error: TaskFailedError | ResultSerializationError | TaskSuspendedError
}

export interface TimedOutOutcome extends OutcomeBase {
  readonly status: 'timed-out'
  readonly error: TaskTimedOutError
}

export interface CanceledOutcome extends OutcomeBase {
  readonly status: 'canceled'
  readonly error: TaskCanceledError
}

export interface CrashedOutcome extends OutcomeBase {
  readonly status: 'crashed'
  readonly error: TaskCrashedError
}

/** How a call ended. */
export type TaskOutcome<T> = CompletedOutcome<T> | FailedOutcome | TimedOutOutcome | CanceledOutcome | CrashedOutcome

export type OutcomeStatus = TaskOutcome<unknown>['status']

/** What a handle shows: the live statuses, then the outcome's. */
export type TaskStatus = 'queued' | 'running' | OutcomeStatus
