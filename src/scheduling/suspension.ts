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

/**
 * Suspends a task whose calls keep costing threads: each such call is an offence; too many within a time, and the task's
 * calls fail at once for a while. Then one is let through as a trial: if it costs no thread, the task is free again.
 *
 * ```
 *   free ── too many offences ──▶ suspended ── time is up, a call comes ──▶ on trial
 *     ▲                               ▲                                       │
 *     │                               └───────────── offence ─────────────────┤
 *     └─────────────────────── anything but a cancel ─────────────────────────┘
 * ```
 */
export class Suspensions {
  readonly #after: number
  readonly #withinMs: number
  readonly #forMs: number
  readonly #records = new Map<KnownTask, { offences: number[]; suspension?: Suspension; trial?: Call }>()

  constructor(rule: { readonly after: number; readonly within: number; readonly for: number }) {
    this.#after = rule.after
    this.#withinMs = rule.within
    this.#forMs = rule.for
  }

  /** Whether the call must fail now; if not, and its task is suspended, it is the trial. */
  judge(call: Call, at: number): Suspension | undefined {
    if (this.#records.size === 0) return undefined
    const record = this.#records.get(call.task)
    if (record?.suspension === undefined || record.trial === call) return undefined
    if (record.trial === undefined && at >= record.suspension.until) {
      record.trial = call
      return undefined
    }
    return record.suspension
  }

  /** A call has settled. */
  note(call: Call, settlement: Settlement, at: number): void {
    if (isOffence(settlement)) this.#offend(call, at)
    else if (this.#records.size > 0) this.#endTrial(call, settlement.status !== 'canceled')
  }

  #offend(call: Call, at: number): void {
    if (this.#after === Number.POSITIVE_INFINITY) return
    const record = this.#records.get(call.task) ?? { offences: [] }
    this.#records.set(call.task, record)
    record.offences = [...record.offences.filter((offence) => offence > at - this.#withinMs), at].slice(-this.#after)
    if (record.offences.length < this.#after && record.trial !== call) return
    record.suspension = { offences: record.offences.length, withinMs: this.#withinMs, until: at + this.#forMs }
    delete record.trial
  }

  #endTrial(call: Call, acquitted: boolean): void {
    const record = this.#records.get(call.task)
    if (record?.trial !== call) return
    if (acquitted) this.#records.delete(call.task)
    else delete record.trial
  }
}

/** It cost a thread. A call that its caller canceled, or that gave way to its signal, is no offence. */
function isOffence(settlement: Settlement): boolean {
  if (settlement.status === 'crashed') return settlement.threadId !== undefined
  return settlement.status === 'timed-out' && settlement.stoppedBy !== 'signal'
}
