import type { StackFrame, StoppedBy } from '../errors.js'
import type { OutcomeStatus, TaskOutcome } from '../outcome.js'
import { taskModule } from '../task-module.js'
import type { TaskRuntime } from '../task-runtime.js'
import { rounded } from './format-quantity.js'

/** How one of the tasks that never end was ended. */
export interface RunawayReport {
  readonly task: string
  readonly status: OutcomeStatus
  /** Where it was stuck. */
  readonly stuckAt?: StackFrame | undefined
  readonly stoppedBy?: StoppedBy | undefined
  /** How long it ran, ms. */
  readonly elapsed: number
}

export const RUNAWAY_LIMIT_MS: number = 500

/** Starts an endless loop, a catastrophic regular expression and an endless microtask loop. */
export async function stopRunaways(runtime: TaskRuntime, signal: AbortSignal): Promise<RunawayReport[]> {
  const tasks = taskModule<typeof import('./runaway.tasks.js')>(new URL('./runaway.tasks.js', import.meta.url))
  const options = { timeout: RUNAWAY_LIMIT_MS, signal }
  const handles = [tasks.EndlessLoop, tasks.CatastrophicRegExp, tasks.EndlessMicrotasks].map((task) =>
    runtime.startNew<void, unknown>(task, undefined, options),
  )
  return (await Promise.all(handles.map(({ completion }) => completion))).map(reportOf)
}

function reportOf(outcome: TaskOutcome<unknown>): RunawayReport {
  const { task, status, timing } = outcome
  if (outcome.status !== 'timed-out') return { task, status, elapsed: rounded(timing.running) }
  const { stuckAt, stoppedBy, elapsed } = outcome.error
  return { task, status, stuckAt: stuckAt?.[0], stoppedBy, elapsed: rounded(elapsed) }
}
