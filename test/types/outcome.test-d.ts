import {
  type CanceledOutcome,
  type CompletedOutcome,
  type CrashedOutcome,
  type FailedOutcome,
  type InvalidOptionError,
  type InvalidTaskReferenceError,
  OffmainError,
  type OutcomeStatus,
  type OutcomeTiming,
  type ParameterSerializationError,
  type QueueFullError,
  type ResultSerializationError,
  type RuntimeClosedError,
  type StackFrame,
  type StoppedBy,
  type StuckThreadsError,
  type TaskCanceledError,
  type TaskCrashedError,
  type TaskFailedError,
  type TaskHandle,
  type TaskOutcome,
  type TaskStatus,
  type TaskSuspendedError,
  type TaskTimedOutError,
  type TimedOutOutcome,
  type UserRequiredError,
} from 'offmain'
import { expectTypeOf } from 'vitest'

declare const handle: TaskHandle<{ rows: number }>
declare const outcome: TaskOutcome<{ rows: number }>

// What a handle holds
expectTypeOf(handle.id).toBeNumber()
expectTypeOf(handle.task).toBeString()
expectTypeOf(handle.status).toEqualTypeOf<TaskStatus>()
expectTypeOf(handle.completion).toEqualTypeOf<Promise<TaskOutcome<{ rows: number }>>>()
expectTypeOf(handle.result()).toEqualTypeOf<Promise<{ rows: number }>>()
expectTypeOf(handle.cancel).parameters.toEqualTypeOf<[reason?: unknown]>()
expectTypeOf(handle.cancel).returns.toBeBoolean()
expectTypeOf(handle.onProgress).parameter(0).parameters.toEqualTypeOf<[value: unknown]>()
expectTypeOf(handle.onProgress).returns.toEqualTypeOf<() => void>()
// @ts-expect-error: the status is read, not written
handle.status = 'completed'

// A handle of something narrower serves as one of something wider, never the other way round.
expectTypeOf<TaskHandle<{ rows: number; pages: number }>>().toExtend<TaskHandle<{ rows: number }>>()
expectTypeOf<TaskHandle<number>>().toExtend<TaskHandle<unknown>>()
expectTypeOf<TaskHandle<unknown>>().not.toExtend<TaskHandle<number>>()
expectTypeOf<TaskHandle<{ rows: number }>>().not.toExtend<TaskHandle<{ rows: number; pages: number }>>()
expectTypeOf<TaskOutcome<number>>().toExtend<TaskOutcome<unknown>>()
expectTypeOf<TaskOutcome<unknown>>().not.toExtend<TaskOutcome<number>>()

// The five statuses, and the two live ones before them
expectTypeOf<OutcomeStatus>().toEqualTypeOf<'completed' | 'failed' | 'timed-out' | 'canceled' | 'crashed'>()
expectTypeOf<TaskStatus>().toEqualTypeOf<'queued' | 'running' | OutcomeStatus>()

// Before the status is known there is neither value nor error.
// @ts-expect-error: only a completed call has a value
outcome.value
// @ts-expect-error: a completed call has no error
outcome.error

// What every outcome carries
expectTypeOf(outcome.id).toBeNumber()
expectTypeOf(outcome.task).toBeString()
expectTypeOf(outcome.started).toBeBoolean()
expectTypeOf(outcome.threadId).toEqualTypeOf<number | undefined>()
expectTypeOf(outcome.timing).toEqualTypeOf<OutcomeTiming>()
expectTypeOf<keyof OutcomeTiming>().toEqualTypeOf<'queued' | 'connecting' | 'running' | 'total'>()

// By status
switch (outcome.status) {
  case 'completed':
    expectTypeOf(outcome).toEqualTypeOf<CompletedOutcome<{ rows: number }>>()
    expectTypeOf(outcome.value).toEqualTypeOf<{ rows: number }>()
    // @ts-expect-error: no error here
    outcome.error
    break
  case 'failed':
    expectTypeOf(outcome).toEqualTypeOf<FailedOutcome>()
    expectTypeOf(outcome.error).toEqualTypeOf<TaskFailedError | ResultSerializationError | TaskSuspendedError>()
    // @ts-expect-error: no value here
    outcome.value
    break
  case 'timed-out':
    expectTypeOf(outcome).toEqualTypeOf<TimedOutOutcome>()
    expectTypeOf(outcome.error).toEqualTypeOf<TaskTimedOutError>()
    // @ts-expect-error: no value here
    outcome.value
    break
  case 'canceled':
    expectTypeOf(outcome).toEqualTypeOf<CanceledOutcome>()
    expectTypeOf(outcome.error).toEqualTypeOf<TaskCanceledError>()
    // @ts-expect-error: no value here
    outcome.value
    break
  case 'crashed':
    expectTypeOf(outcome).toEqualTypeOf<CrashedOutcome>()
    expectTypeOf(outcome.error).toEqualTypeOf<TaskCrashedError>()
    // @ts-expect-error: no value here
    outcome.value
    break
  default:
    expectTypeOf(outcome).toBeNever()
}
if (outcome.status !== 'completed') {
  expectTypeOf(outcome.error).toExtend<OffmainError>()
  expectTypeOf<(typeof outcome)['error']['code']>().toEqualTypeOf<
    | 'OFFMAIN_TASK_FAILED'
    | 'OFFMAIN_RESULT_SERIALIZATION'
    | 'OFFMAIN_TASK_SUSPENDED'
    | 'OFFMAIN_TASK_TIMED_OUT'
    | 'OFFMAIN_TASK_CANCELED'
    | 'OFFMAIN_TASK_CRASHED'
  >()
}
// @ts-expect-error: an outcome is read, not written
outcome.status = 'failed'

// Codes are literals, one for each class.
expectTypeOf<ParameterSerializationError['code']>().toEqualTypeOf<'OFFMAIN_PARAMETER_SERIALIZATION'>()
expectTypeOf<ResultSerializationError['code']>().toEqualTypeOf<'OFFMAIN_RESULT_SERIALIZATION'>()
expectTypeOf<TaskFailedError['code']>().toEqualTypeOf<'OFFMAIN_TASK_FAILED'>()
expectTypeOf<TaskTimedOutError['code']>().toEqualTypeOf<'OFFMAIN_TASK_TIMED_OUT'>()
expectTypeOf<TaskCanceledError['code']>().toEqualTypeOf<'OFFMAIN_TASK_CANCELED'>()
expectTypeOf<TaskCrashedError['code']>().toEqualTypeOf<'OFFMAIN_TASK_CRASHED'>()
expectTypeOf<TaskSuspendedError['code']>().toEqualTypeOf<'OFFMAIN_TASK_SUSPENDED'>()
expectTypeOf<QueueFullError['code']>().toEqualTypeOf<'OFFMAIN_QUEUE_FULL'>()
expectTypeOf<RuntimeClosedError['code']>().toEqualTypeOf<'OFFMAIN_RUNTIME_CLOSED'>()
expectTypeOf<StuckThreadsError['code']>().toEqualTypeOf<'OFFMAIN_STUCK_THREADS'>()
expectTypeOf<InvalidOptionError['code']>().toEqualTypeOf<'OFFMAIN_INVALID_OPTION'>()
expectTypeOf<InvalidTaskReferenceError['code']>().toEqualTypeOf<'OFFMAIN_INVALID_TASK_REFERENCE'>()
expectTypeOf<UserRequiredError['code']>().toEqualTypeOf<'OFFMAIN_USER_REQUIRED'>()
expectTypeOf<OffmainError['code']>().toEqualTypeOf<`OFFMAIN_${string}`>()

// The facts of errors
expectTypeOf<TaskFailedError['cause']>().toEqualTypeOf<Error>()
expectTypeOf<TaskTimedOutError['stoppedBy']>().toEqualTypeOf<StoppedBy>()
expectTypeOf<TaskTimedOutError['stuckAt']>().toEqualTypeOf<readonly StackFrame[] | undefined>()
expectTypeOf<TaskCanceledError['stoppedBy']>().toEqualTypeOf<StoppedBy | undefined>()
expectTypeOf<TaskSuspendedError['until']>().toEqualTypeOf<Date>()
expectTypeOf<StoppedBy>().toEqualTypeOf<'signal' | 'interrupt' | 'terminate' | 'nothing'>()
expectTypeOf<QueueFullError['dimension']>().toEqualTypeOf<'calls' | 'bytes'>()
expectTypeOf<ParameterSerializationError>().toHaveProperty('path')
expectTypeOf<InvalidOptionError>().toHaveProperty('allowed')
// @ts-expect-error: only the classes below it are made
new OffmainError('text')
