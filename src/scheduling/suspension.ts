import type { Call, KnownTask } from './call.js'
import type { Settlement } from './settlement.js'

/** Why calls of a task fail at once. */
export interface Suspension {
  /** How many of its calls were stopped or crashed their thread, within how many ms. */
  readonly offences: number
  readonly withinMs: number
  /** ms on the shared clock. */
  readonly until: number
}

/** What becomes of a call whose turn it is: it goes ahead, waits for the one on trial, or fails. */
export type Verdict = 'go' | 'wait' | Suspension

interface Record {
  /** When its calls cost threads, as far as they count, ms on the shared clock. */
  offences: readonly number[]
  /** Its last call that ended cost a thread. */
  isSuspect: boolean
  suspension: Suspension | undefined
  /** The one call that a suspect may have. */
  trial: Call | undefined
}

/**
 * Keeps a task whose calls cost threads from costing many at once, and suspends it when it goes on: each such call is an
 * offence. After one the task is suspect: one call of it is let through at a time, as a trial, and the others wait. Too many
 * offences within a time, and its calls fail at once for a while; then it gets another trial.
 *
 * ```
 *            offence              too many of them
 *   free ─────────────▶ suspect ──────────────────▶ suspended ◀──────── offence ────────┐
 *    ▲                     │                            │                               │
 *    │                     │                            └── time is up, a call comes ──▶ on trial
 *    └─ any call ends well ┘                                                            │
 *    └─────────────────────────────────── it ends well ─────────────────────────────────┘
 * ```
 *
 * Without the first step all threads could be lost to one task at once, before its offences are counted.
 */
export class Suspensions {
  readonly #after: number
  readonly #withinMs: number
  readonly #forMs: number
  readonly #records = new Map<KnownTask, Record>()

  constructor(rule: { readonly after: number; readonly within: number; readonly for: number }) {
    this.#after = rule.after
    this.#withinMs = rule.within
    this.#forMs = rule.for
  }

  /** Judges a call that has just come: it fails at once when its task is suspended. */
  refuses(call: Call, at: number): Suspension | undefined {
    if (this.#records.size === 0 || this.#records.get(call.task)?.suspension === undefined) return undefined
    const verdict = this.judge(call, at)
    return typeof verdict === 'string' ? undefined : verdict
  }

  /**
   * Judges a call that could start now. One that may go ahead though its task is suspect is the trial from now on.
   *
   * @param mayTry whether this is a time for the trial of a suspect
   */
  judge(call: Call, at: number, mayTry = true): Verdict {
    if (this.#records.size === 0) return 'go'
    const record = this.#records.get(call.task)
    if (record === undefined || record.trial === call || !this.#isSuspect(record, at)) return 'go'
    const { suspension, trial } = record
    if (trial === undefined && (suspension === undefined ? mayTry : at >= suspension.until)) {
      record.trial = call
      return 'go'
    }
    return suspension ?? 'wait'
  }

  /** How many of the task's calls that had to wait need not wait any longer. */
  released(task: KnownTask, at: number): number {
    const record = this.#records.get(task)
    if (record === undefined || record.suspension !== undefined || !this.#isSuspect(record, at))
      return Number.POSITIVE_INFINITY
    return record.trial === undefined ? 1 : 0
  }

  /** A call has settled. */
  note(call: Call, settlement: Settlement, at: number): void {
    if (isOffence(settlement)) this.#offend(call, at)
    else if (this.#records.size > 0) this.#endTrial(call, settlement.status !== 'canceled')
  }

  #isSuspect(record: Record, at: number): boolean {
    if (record.suspension === undefined && (record.offences.at(-1) ?? 0) <= at - this.#withinMs)
      record.isSuspect = false
    return record.isSuspect
  }

  #offend(call: Call, at: number): void {
    if (this.#after === Number.POSITIVE_INFINITY) return
    let record = this.#records.get(call.task)
    if (record === undefined) {
      record = { offences: [], isSuspect: true, suspension: undefined, trial: undefined }
      this.#records.set(call.task, record)
    }
    const wasSuspended = record.suspension !== undefined
    const isTrial = record.trial === call
    record.offences = [...record.offences.filter((offence) => offence > at - this.#withinMs), at].slice(-this.#after)
    record.isSuspect = true
    if (isTrial) record.trial = undefined
    if (record.offences.length < this.#after && !(wasSuspended && isTrial)) return
    record.suspension = { offences: record.offences.length, withinMs: this.#withinMs, until: at + this.#forMs }
    record.trial = undefined
  }

  #endTrial(call: Call, endedWell: boolean): void {
    const record = this.#records.get(call.task)
    if (record === undefined) return
    if (record.trial === call) {
      record.trial = undefined
      if (endedWell && record.suspension !== undefined) this.#records.delete(call.task)
    }
    if (endedWell && record.suspension === undefined) {
      record.isSuspect = false
      record.trial = undefined
    }
  }
}

/** It cost a thread. A call that its caller canceled, or that gave way to its signal, is no offence. */
function isOffence(settlement: Settlement): boolean {
  if (settlement.status === 'crashed') return settlement.threadId !== undefined
  return settlement.status === 'timed-out' && settlement.stoppedBy !== 'signal'
}
