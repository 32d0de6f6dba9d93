import { inspect } from 'node:util'
import { now } from './contract/clock.js'
import { decode } from './contract/codec.js'
import { reviveError } from './contract/error-record.js'
import type { FailureRecord } from './contract/messages.js'
import type { Report } from './contract/outbox.js'
import {
  ResultSerializationError,
  TaskCanceledError,
  TaskCrashedError,
  TaskFailedError,
  TaskSuspendedError,
  TaskTimedOutError,
} from './errors.js'
import type { CompletedOutcome, OutcomeTiming, TaskOutcome } from './outcome.js'
import type { Call } from './scheduling/call.js'
import type { Settlement, Stamps } from './scheduling/settlement.js'
import type { Suspension } from './scheduling/suspension.js'

/** The public outcome of a call that has settled. */
export function outcomeOf<T>(call: Call, settlement: Settlement): TaskOutcome<T> {
  if (settlement.status === 'completed') return new Completed<T>(call, settlement, settlement.report)
  const { id, name: task } = call
  const base = {
    id,
    task,
    started: settlement.runAt > 0,
    threadId: settlement.threadId,
    timing: timingOf(call.createdAt, settlement),
  }
  switch (settlement.status) {
    case 'failed': {
      const { suspension } = settlement
      const error = suspension === undefined ? failureOf(task, settlement.report) : suspendedError(task, suspension)
      return { ...base, status: 'failed', error }
    }
    case 'timed-out': {
      const { limitMs, phase, stoppedBy, stuckAt } = settlement
      const since = settlement.runAt > 0 ? settlement.runAt : settlement.claimedAt
      const error = new TaskTimedOutError(task, limitMs, settlement.endAt - since, phase, stoppedBy, stuckAt)
      return { ...base, status: 'timed-out', error }
    }
    case 'canceled': {
      const { reason, stoppedBy, stuckAt } = settlement
      return { ...base, status: 'canceled', error: new TaskCanceledError(task, reason, stoppedBy, stuckAt) }
    }
    case 'crashed':
      return { ...base, status: 'crashed', error: new TaskCrashedError(task, settlement.phase, settlement.cause) }
  }
}

/**
 * The one outcome that there may be many of in a short time: value and timing are made when somebody wants them. Shows
 * and turns into JSON like the plain object it stands for.
 */
class Completed<T> implements CompletedOutcome<T> {
  readonly status = 'completed'
  readonly id: number
  readonly task: string
  readonly started: boolean
  readonly threadId: number | undefined
  readonly #createdAt: number
  readonly #stamps: Stamps
  #report: Report | undefined
  #value: T | undefined

  constructor(call: Call, stamps: Stamps, report: Report) {
    this.id = call.id
    this.task = call.name
    this.started = stamps.runAt > 0
    this.threadId = stamps.threadId
    this.#createdAt = call.createdAt
    this.#stamps = stamps
    this.#report = report
  }

  get timing(): OutcomeTiming {
    return timingOf(this.#createdAt, this.#stamps)
  }

  get value(): T {
    if (this.#report !== undefined) {
      this.#value = decode(this.#report.bytes, this.#report.attachments) as T
      this.#report = undefined
    }
    return this.#value as T
  }

  toJSON(): CompletedOutcome<T> {
    const { status, id, task, started, threadId, timing, value } = this
    return { status, id, task, started, threadId, timing, value }
  }

  [inspect.custom](): CompletedOutcome<T> {
    return this.toJSON()
  }
}

/** What a task did to its thread's built-ins may have garbled the record; the outcome comes all the same. */
function failureOf(task: string, report: Report): TaskFailedError | ResultSerializationError {
  try {
    const failure = decode(report.bytes) as FailureRecord
    return failure.kind === 'result'
      ? new ResultSerializationError(task, failure.path, failure.found, failure.hint)
      : new TaskFailedError(task, failure.phase, reviveError(failure.error))
  } catch (error) {
    return new TaskFailedError(task, 'running', new Error('its failure cannot be read', { cause: error }))
  }
}

function suspendedError(task: string, { offences, withinMs, until }: Suspension): TaskSuspendedError {
  return new TaskSuspendedError(task, offences, withinMs, new Date(Date.now() + until - now()))
}

function timingOf(createdAt: number, { claimedAt, runAt, endAt }: Stamps): OutcomeTiming {
  const total = Math.max(0, endAt - createdAt)
  if (claimedAt === 0) return { queued: total, connecting: 0, running: 0, total }
  const queued = Math.max(0, claimedAt - createdAt)
  if (runAt === 0) return { queued, connecting: Math.max(0, endAt - claimedAt), running: 0, total }
  return { queued, connecting: runAt - claimedAt, running: Math.max(0, endAt - runAt), total }
}
