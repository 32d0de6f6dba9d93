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

/** What becomes of a call whose turn it is: it may start, only beside no other call of its task, or it fails. */
export type Verdict = 'go' | 'alone' | Suspension

/** What a task's calls have cost, and what follows from it. */
interface Standing {
  /** When its calls cost threads, as far as they count, ms on the shared clock. */
  offences: readonly number[]
  /** None of its calls has ended well since. */
  hasCostThread: boolean
  suspension: Suspension | undefined
  /** The one call that is let through once the suspension is over. */
  trial: Call | undefined
}

/**
 * Keeps a task whose calls cost threads from costing many at once, and suspends it when it goes on: each such call is an
 * offence. After one the task is suspect: its calls start one at a time while others wait. Too many offences within a
 * time, and its calls fail at once for a while; then one is let through as a trial.
 *
 * ```
 *            offence              too many of them
 *   free ─────────────▶ suspect ──────────────────▶ suspended ◀──────── offence ────────┐
 *    ▲                     │                            │                               │
 *    │                     │                            └── time is up, a call comes ──▶ on trial
 *    ├─ a call ends well, or the offence is long ago                                    │
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
    if (this.#standings.size === 0) return undefined
    const verdict = this.judge(call, at)
    return typeof verdict === 'string' ? undefined : verdict
  }

  /** Judges a call that could start now. */
  judge(call: Call, at: number): Verdict {
    if (this.#standings.size === 0) return 'go'
    const standing = this.#standings.get(call.task)
    if (standing === undefined || standing.trial === call) return 'go'
    const { suspension, trial } = standing
    if (suspension === undefined) return this.isSuspect(call.task, at) ? 'alone' : 'go'
    if (trial !== undefined || at < suspension.until) return suspension
    standing.trial = call
    return 'go'
  }

  /** Whether calls of the task may start one at a time only. */
  isSuspect(task: KnownTask, at: number): boolean {
    const standing = this.#standings.get(task)
    if (standing === undefined || standing.suspension !== undefined || !standing.hasCostThread) return false
    return (standing.offences.at(-1) ?? 0) > at - this.#withinMs
  }

  /** A call has settled. */
  note(call: Call, settlement: Settlement, at: number): void {
    if (isOffence(settlement)) this.#offend(call, at)
    else if (this.#standings.size > 0) this.#clear(call, settlement.claimedAt > 0 && settlement.status !== 'canceled')
  }

  #offend(call: Call, at: number): void {
    if (this.#after === Number.POSITIVE_INFINITY) return
    let standing = this.#standings.get(call.task)
    if (standing === undefined) {
      standing = { offences: [], hasCostThread: true, suspension: undefined, trial: undefined }
      this.#standings.set(call.task, standing)
    }
    standing.offences = [...standing.offences.filter((offence) => offence > at - this.#withinMs), at].slice(
      -this.#after,
    )
    standing.hasCostThread = true
    if (standing.offences.length < this.#after && standing.trial !== call) return
    standing.suspension = { offences: standing.offences.length, withinMs: this.#withinMs, until: at + this.#forMs }
    standing.trial = undefined
  }

  #clear(call: Call, endedWell: boolean): void {
    const standing = this.#standings.get(call.task)
    if (standing === undefined) return
    if (standing.trial === call) {
      standing.trial = undefined
      if (endedWell) this.#standings.delete(call.task)
    } else if (endedWell) {
      standing.hasCostThread = false
    }
  }
}

/** It cost a thread. A call that its caller canceled, or that gave way to its signal, is no offence. */
function isOffence(settlement: Settlement): boolean {
  if (settlement.status === 'crashed') return settlement.threadId !== undefined
  return settlement.status === 'timed-out' && settlement.stoppedBy !== 'signal'
}
