import { ParameterSerializationError } from '../errors.js'
import type { CompletedOutcome, OutcomeStatus, TaskOutcome } from '../outcome.js'
import type { TaskHandle } from '../task-handle.js'
import type { ConnectionNeed, TaskReference } from '../task-module.js'
import { TaskRuntime } from '../task-runtime.js'
import { RefusedParameters, TuneFailure } from './tune-failure.js'
import type { TuneTarget } from './tune-figures.js'

/** A runtime that refuses nothing on account of its size or of calls that failed before. */
export function tunedRuntime({ userConnections }: TuneTarget, threads: number): TaskRuntime {
  return new TaskRuntime({
    // A spare thread would start in the midst of what is measured.
    threads: { min: threads, max: threads, spare: 0 },
    userConnections,
    suspend: { after: Number.POSITIVE_INFINITY },
    queue: { limit: Number.POSITIVE_INFINITY, bytes: Number.POSITIVE_INFINITY },
  })
}

/** Starts the calls of a target on a runtime, its parameters by turns. */
export class Starter {
  readonly #runtime: TaskRuntime
  readonly #target: TuneTarget
  readonly #needsConnection: boolean
  #next = 0

  constructor(runtime: TaskRuntime, target: TuneTarget, needsConnection: boolean) {
    this.#runtime = runtime
    this.#target = target
    this.#needsConnection = needsConnection
  }

  /** @throws RefusedParameters */
  start(): TaskHandle<unknown> {
    const { task, parameters, user } = this.#target
    const index = this.#next
    this.#next = (index + 1) % parameters.length
    try {
      return this.#needsConnection
        ? this.#runtime.startNewWithUserConnection<unknown, unknown>(task, parameters[index], { user })
        : this.#runtime.startNew<unknown, unknown>(task, parameters[index], { user })
    } catch (error) {
      throw refusal(error, index)
    }
  }
}

/** Before a class is let into the main thread: whether a call of it completes, and ends at all. @throws TuneFailure */
export async function tryOnce(target: TuneTarget): Promise<void> {
  await using runtime = tunedRuntime(target, 1)
  // Only the class says whether it needs a user connection, and only `map` asks it.
  const task: TaskReference<unknown, unknown, ConnectionNeed> = target.task
  try {
    for await (const outcome of runtime.map(task, target.parameters.slice(0, 1), { user: target.user })) {
      checkCompleted(outcome, target)
    }
  } catch (error) {
    throw refusal(error, 0)
  }
}

/** @throws TuneFailure */
export function checkCompleted(
  outcome: TaskOutcome<unknown>,
  { task, user }: TuneTarget,
): asserts outcome is CompletedOutcome<unknown> {
  if (outcome.status === 'completed') return
  const { message, cause } = outcome.error
  const lacksUser = user === undefined && (cause as { code?: unknown } | undefined)?.code === CONNECTION_MISMATCH
  throw new TuneFailure(didNotComplete(task.exportName, outcome.status, message, lacksUser ? ' (here: --user)' : ''))
}

export function didNotComplete(task: string, status: OutcomeStatus, message: string, hint = ''): string {
  return `a call of ${task} did not complete (${status}): ${message}${hint}`
}

function refusal(error: unknown, index: number): unknown {
  if (!(error instanceof ParameterSerializationError)) return error
  const { found, path, hint } = error
  return new RefusedParameters(index, `cannot be sent to a thread: ${found} at ${path}; ${hint}`)
}

const CONNECTION_MISMATCH = 'OFFMAIN_CONNECTION_MISMATCH'
