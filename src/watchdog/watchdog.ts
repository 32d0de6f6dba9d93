import { now } from '../contract/clock.js'
import { type ControlBlock, Phase, type PhaseName, phaseName, STOPPED } from '../contract/control-block.js'

/** A lane, as the watchdog sees it. */
export interface Watched<Call> {
  readonly control: ControlBlock
  /** How many calls its batch has; 0: nothing to watch. */
  readonly length: number
  /** ms of run time. @param classTimeoutMs what the call's class asks for; 0: nothing */
  limitOf(index: number, classTimeoutMs: number): number
  callAt(index: number): Call | undefined
  /** Added to every limit of the call, ms. */
  restedMs(index: number): number
  /** A batch was sent, and the thread has not said that it is over. */
  readonly isServing: boolean
}

/** What the watchdog finds. Each is told again at every look until the lane has changed. */
export interface WatchdogListener<Lane> {
  /** The call has reached its limit: of run time, or of loading and connecting. */
  overdue(lane: Lane, index: number, phase: PhaseName, limitMs: number): void
  /** The call has been at it for `LONG_CALL_MS` while others of its batch wait behind it. */
  holdsUpOthers(lane: Lane): void
  /** The call has run for `SPARE_AFTER_MS`: it may have to be stopped one day. */
  runsLong(lane: Lane, index: number): void
  /** The thread has no call and yet does not come for one: something that an earlier call left behind holds it. */
  lingers(lane: Lane): void
  /** The call has been at it for `OCCUPIED_MS`: its lane serves nobody else for now. */
  occupies(lane: Lane): void
}

/** A thread that has not taken its next call, or said that there is none, for this long is given up, ms. */
export const LINGER_MS = 500
/** A call that takes longer than this keeps its batch no longer, ms. */
export const LONG_CALL_MS = 5
/** A lane that has been on one call for this long is not counted on by others, ms. */
export const OCCUPIED_MS = 100
/** A call that has run this long, ms, or a quarter of its limit, makes it worth having a spare thread. */
export const SPARE_AFTER_MS = 50

/**
 * One clock over all lanes. It reads what the threads have stamped into their control blocks, so a late timer on a
 * blocked main thread finds the truth as it is by then and stops nothing that has ended.
 */
export class Watchdog<Call, Lane extends Watched<Call> & object> {
  readonly #lanes: Iterable<Lane>
  readonly #startTimeoutMs: number
  readonly #listener: WatchdogListener<Lane>
  readonly #awaited = new WeakMap<Lane, { readonly index: number; readonly since: number }>()
  #timer: NodeJS.Timeout | undefined
  #dueAt = Number.POSITIVE_INFINITY

  constructor(lanes: Iterable<Lane>, startTimeoutMs: number, listener: WatchdogListener<Lane>) {
    this.#lanes = lanes
    this.#startTimeoutMs = startTimeoutMs
    this.#listener = listener
  }

  /** A lane has got a batch: look at it in time. */
  expect(lane: Lane, at: number): void {
    this.#awaited.delete(lane)
    this.#wakeAt(this.#nextLook(lane, at), at)
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#dueAt = Number.POSITIVE_INFINITY
  }

  #wakeAt(dueAt: number, at: number): void {
    if (dueAt >= this.#dueAt) return
    this.#dueAt = dueAt
    clearTimeout(this.#timer)
    this.#timer = setTimeout(
      () => this.#lookAround(),
      Math.min(Math.max(1, Math.ceil(dueAt - at)), MAX_TIMER_MS),
    ).unref()
  }

  #lookAround(): void {
    this.#dueAt = Number.POSITIVE_INFINITY
    const at = now()
    for (const lane of [...this.#lanes]) this.#wakeAt(this.#look(lane, at), at)
  }

  /** Looks at one lane; returns when to look again. */
  #look(lane: Lane, at: number): number {
    const { control, length } = lane
    const index = control.settled
    if (index === STOPPED) return Number.POSITIVE_INFINITY
    if (index >= length || control.next <= index) return this.#awaitThread(lane, index, at)
    const phase = control.phase
    if (phase === Phase.idle || phase === Phase.ended) return this.#nextLook(lane, at)
    const claimedAt = control.claimedAt
    if (control.next < length && at - claimedAt >= LONG_CALL_MS) this.#listener.holdsUpOthers(lane)

    const isStarting = phase === Phase.loading || phase === Phase.connecting
    const limitMs = isStarting
      ? this.#startTimeoutMs + lane.restedMs(index)
      : lane.limitOf(index, control.classTimeoutMs)
    const since = isStarting ? claimedAt : control.runAt
    // Read after the stamps: while it is the same call's turn, they are its own or those of a later one.
    if (control.settled !== index) return this.#nextLook(lane, at)
    if (at >= since + limitMs) {
      this.#listener.overdue(lane, index, phaseName(phase), limitMs)
      // It may yet end by itself, and the next call of the batch begin.
      return at + SPARE_AFTER_MS
    }
    const occupiedAt = claimedAt + OCCUPIED_MS
    if (at >= occupiedAt) this.#listener.occupies(lane)
    const occupiesAt = at >= occupiedAt ? Number.POSITIVE_INFINITY : occupiedAt
    if (isStarting) return Math.min(since + limitMs, occupiesAt, this.#nextLook(lane, at))
    const spareAt = since + Math.min(SPARE_AFTER_MS, limitMs / 4)
    if (at >= spareAt) this.#listener.runsLong(lane, index)
    return Math.min(
      since + limitMs,
      occupiesAt,
      at >= spareAt ? Number.POSITIVE_INFINITY : spareAt,
      this.#nextOfBatch(lane, at),
    )
  }

  /** No call is claimed: the thread should take the next at once, or say that the batch is over. */
  #awaitThread(lane: Lane, index: number, at: number): number {
    if (!lane.isServing) return Number.POSITIVE_INFINITY
    const seen = this.#awaited.get(lane)
    const since = seen?.index === index ? seen.since : at
    this.#awaited.set(lane, { index, since })
    if (at < since + LINGER_MS) return Math.min(since + LINGER_MS, this.#nextLook(lane, at))
    this.#listener.lingers(lane)
    return Number.POSITIVE_INFINITY
  }

  /** The soonest that anything can be overdue of a lane whose call may start any moment. */
  #nextLook(lane: Lane, at: number): number {
    const limitMs = lane.limitOf(Math.max(0, lane.control.settled), 0)
    return Math.min(at + Math.min(limitMs, this.#startTimeoutMs), at + SPARE_AFTER_MS, this.#nextOfBatch(lane, at))
  }

  #nextOfBatch(lane: Lane, at: number): number {
    return lane.length > 1 && lane.control.next < lane.length ? at + LONG_CALL_MS : Number.POSITIVE_INFINITY
  }
}

/** What a Node timer can hold; the watchdog looks and sleeps again. */
const MAX_TIMER_MS = 2 ** 31 - 1
