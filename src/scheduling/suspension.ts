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

/** What a task's calls have cost, and what follows from it. */
interface Standing {
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
  readonly #standings = new Map<KnownTask, Standing>()

  constructor(rule: { readonly after: number; readonly within: number; readonly for: number }) {
    this.#after = rule.after
    this.#withinMs = rule.within
    this.#forMs = rule.for
  }

  /** Judges a call that has just come: it fails at once when its task is suspended. */
  refuses(call: Call, at: number): Suspension | undefined {
    if (this.#standings.size === 0 || this.#standings.get(call.task)?.suspension === undefined) return undefined
    const verdict = this.judge(call, at)
    return typeof verdict === 'string' ? undefined : verdict
  }

  /**
   * Judges a call that could start now. One that may go ahead though its task is suspect is the trial from now on.
   *
   * @param mayTry whether this is a time for the trial of a suspect
   */
  judge(call: Call, at: number, mayTry = true): Verdict {
    if (this.#standings.size === 0) return 'go'
    const standing = this.#standings.get(call.task)
    if (standing === undefined || standing.trial === call || !this.#isSuspect(standing, at)) return 'go'
    const { suspension, trial } = standing
    if (trial === undefined && (suspension === undefined ? mayTry : at >= suspension.until)) {
      standing.trial = call
      return 'go'
    }
    return suspension ?? 'wait'
  }

  /** How many of the task's calls that had to wait need not wait any longer. */
  released(task: KnownTask, at: number): number {
    const standing = this.#standings.get(task)
    if (standing === undefined || standing.suspension !== undefined || !this.#isSuspect(standing, at))
      return Number.POSITIVE_INFINITY
    return standing.trial === undefined ? 1 : 0
  }

  /** A call has settled. */
  note(call: Call, settlement: Settlement, at: number): void {
    if (isOffence(settlement)) this.#offend(call, at)
    else if (this.#standings.size > 0) this.#endTrial(call, settlement.status !== 'canceled')
  }

  #isSuspect({ isSuspect, suspension, offences }: Standing, at: number): boolean {
    return isSuspect && (suspension !== undefined || (offences.at(-1) ?? 0) > at - this.#withinMs)
  }

  #offend(call: Call, at: number): void {
    if (this.#after === Number.POSITIVE_INFINITY) return
    let standing = this.#standings.get(call.task)
    if (standing === undefined) {
      standing = { offences: [], isSuspect: true, suspension: undefined, trial: undefined }
      this.#standings.set(call.task, standing)
    }
    const wasSuspended = standing.suspension !== undefined
    const isTrial = standing.trial === call
    standing.offences = [...standing.offences.filter((offence) => offence > at - this.#withinMs), at].slice(
      -this.#after,
    )
    standing.isSuspect = true
    if (isTrial) standing.trial = undefined
    if (standing.offences.length < this.#after && !(wasSuspended && isTrial)) return
    standing.suspension = { offences: standing.offences.length, withinMs: this.#withinMs, until: at + this.#forMs }
    standing.trial = undefined
  }

  #endTrial(call: Call, endedWell: boolean): void {
    const standing = this.#standings.get(call.task)
    if (standing === undefined) return
    if (standing.trial === call) {
      standing.trial = undefined
      if (endedWell && standing.suspension !== undefined) this.#standings.delete(call.task)
    }
    if (endedWell && standing.suspension === undefined) {
      standing.isSuspect = false
      standing.trial = undefined
    }
  }
}

/** It cost a thread. A call that its caller canceled, or that gave way to its signal, is no offence. */
function isOffence(settlement: Settlement): boolean {
  if (settlement.status === 'crashed') return settlement.threadId !== undefined
  return settlement.status === 'timed-out' && settlement.stoppedBy !== 'signal'
}
