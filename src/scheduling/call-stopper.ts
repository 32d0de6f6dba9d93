import { setTimeout as delay } from 'node:timers/promises'
import { now } from '../contract/clock.js'
import { type PhaseName, phaseName } from '../contract/control-block.js'
import type { StackFrame, StoppedBy } from '../errors.js'
import { stopThread } from '../watchdog/graded-stop.js'
import { isHeldByDebugger } from '../watchdog/stack-probe.js'
import type { Call } from './call.js'
import type { Lane } from './lane.js'
import { type Settlement, type StopRequest, stoppedSettlement } from './settlement.js'

/** Hears how a stop goes. */
export interface StopListener {
  /** The lane has given the call up and takes no more: another thread goes on. */
  gaveUp(lane: Lane): void
  /** The call goes on after all, or the one behind it does: the watchdog looks again. */
  goesOn(lane: Lane): void
  /** The thread could not be stopped. */
  stuck(lane: Lane, call: Call | undefined): void
  settled(call: Call, settlement: Settlement): void
}

/** Stops running calls by grades, and keeps account of the threads that could not be stopped. */
export class CallStopper {
  readonly #graceMs: number
  readonly #listener: StopListener
  readonly #stuck = new Map<Lane, Call | undefined>()
  /** Calls that are overdue, while it is not known yet whether a debugger holds them. */
  readonly #resting = new Set<Call>()

  constructor(graceMs: number, listener: StopListener) {
    this.#graceMs = graceMs
    this.#listener = listener
  }

  /** Calls that sit on threads which could not be stopped. */
  get stuck(): ReadonlyMap<Lane, Call | undefined> {
    return this.#stuck
  }

  /** The lane's thread is gone; if it was stuck, it no longer is. */
  forget(lane: Lane): void {
    this.#stuck.delete(lane)
  }

  /** The call settles when its code has certainly ended, or cannot be stopped. */
  async stop(
    lane: Lane,
    call: Call,
    request: StopRequest,
    phase: PhaseName = phaseName(lane.control.phase),
  ): Promise<void> {
    if (request.kind === 'timeout') {
      if (this.#resting.has(call)) return
      this.#resting.add(call)
      const hasRested = await this.#restsForDebugger(lane, call, phase)
      this.#resting.delete(call)
      // It may have been canceled meanwhile.
      if (call.settlement !== undefined || call.stopRequest !== undefined) return
      if (hasRested) {
        this.#listener.goesOn(lane)
        return
      }
    }
    call.stopRequest = request
    if (lane.control.hasLooked(call.index) && this.#graceMs > 0) {
      lane.ask(call)
      if (await hasSettledWithin(this.#graceMs, call)) return
    }
    await this.#giveUp(lane, call, request, phase)
  }

  /** The thread is held by what an earlier call left behind; no call of its own is running. */
  async stopLingering(lane: Lane): Promise<void> {
    if (!lane.abandon()) {
      this.#listener.goesOn(lane)
      return
    }
    this.#listener.gaveUp(lane)
    await this.#endThread(lane)
  }

  /** The thread closes its user connections and exits by itself, or is made to: its unclaimed calls wait for that. */
  async seeOff(lane: Lane): Promise<void> {
    if (!(await lane.thread.isGoneWithin(LEAVE_MS))) await this.#endThread(lane)
  }

  async #endThread(lane: Lane): Promise<void> {
    const { isGone } = await stopThread(lane.thread, () => {})
    if (isGone) return
    this.#stuck.set(lane, undefined)
    this.#listener.stuck(lane, undefined)
  }

  async #giveUp(lane: Lane, call: Call, request: StopRequest, phase: PhaseName): Promise<void> {
    if (!lane.stop(call)) {
      this.#listener.goesOn(lane)
      return
    }
    const stamps = lane.stampsOf(0)
    this.#listener.gaveUp(lane)
    const settle = (stoppedBy: StoppedBy, stuckAt: readonly StackFrame[] | undefined): void =>
      this.#listener.settled(call, stoppedSettlement(request, { ...stamps, endAt: now() }, phase, stoppedBy, stuckAt))
    const { isGone, stuckAt } = await stopThread(lane.thread, settle)
    if (!isGone) {
      this.#stuck.set(lane, call)
      this.#listener.stuck(lane, call)
    }
    settle('nothing', stuckAt)
  }

  /** True: a debugger held the thread. The call's clock has rested, and starts anew. */
  async #restsForDebugger(lane: Lane, call: Call, phase: PhaseName): Promise<boolean> {
    if (!(await isHeldByDebugger(lane.thread.id))) return false
    while (await isHeldByDebugger(lane.thread.id)) await delay(DEBUGGER_POLL_MS, undefined, { ref: false })
    const { runAt, claimedAt } = lane.control
    call.restedMs = now() - (phase === 'loading' || phase === 'connecting' ? claimedAt : runAt)
    return true
  }
}

function hasSettledWithin(ms: number, call: Call): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms, false).unref()
    call.whenSettled(() => {
      clearTimeout(timer)
      resolve(true)
    })
  })
}

/** How long a thread may take to close its user connections when nobody waits for it, ms. */
const LEAVE_MS = 5_000
/** How often a thread that a debugger holds is looked at, ms. */
const DEBUGGER_POLL_MS = 100
