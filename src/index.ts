export type { CallOptions, CloseOptions, MapOptions } from './call-options.js'
export type { PhaseName } from './contract/control-block.js'
export type {
  BackgroundTask,
  ConnectionThread,
  TaskContext,
  User,
  UserConnection,
  UserConnectionModule,
  UserConnectionRequired,
} from './contract/task.js'
export { share, transfer } from './contract/transfer.js'
export {
  InvalidOptionError,
  InvalidTaskReferenceError,
  OffmainError,
  ParameterSerializationError,
  QueueFullError,
  ResultSerializationError,
  RuntimeClosedError,
  type StackFrame,
  type StoppedBy,
  StuckThreadsError,
  TaskCanceledError,
  TaskCrashedError,
  TaskFailedError,
  TaskSuspendedError,
  TaskTimedOutError,
  UserRequiredError,
} from './errors.js'
export type { CallEvent, LateEvent, RuntimeEvents, StuckThread } from './events.js'
export type {
  PayloadOption,
  QueueOption,
  SuspendOption,
  TaskRuntimeOptions,
  ThreadOption,
  ThreadsOption,
} from './options.js'
export type {
  CanceledOutcome,
  CompletedOutcome,
  CrashedOutcome,
  FailedOutcome,
  OutcomeStatus,
  OutcomeTiming,
  TaskOutcome,
  TaskStatus,
  TimedOutOutcome,
} from './outcome.js'
export type { CallSnapshot, CloseReport, PendingCall, RuntimeSnapshot, RuntimeStats } from './runtime-report.js'
export type { Percentiles } from './scheduling/statistics.js'
export { TaskHandle } from './task-handle.js'
export { type ConnectionNeed, type TaskModule, type TaskReference, taskModule } from './task-module.js'
export { type StartArguments, TaskRuntime } from './task-runtime.js'
