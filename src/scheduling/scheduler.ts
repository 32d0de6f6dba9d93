import { now } from '../contract/clock.js'
import { type PhaseName, phaseName } from '../contract/control-block.js'
import type { LateFailureMessage, LeftoverMessage } from '../contract/messages.js'
import { RuntimeClosedError, StuckThreadsError } from '../errors.js'
import type { ResolvedOptions } from '../options.js'
import type { ThreadExit } from '../pool/thread-pool.js'
import { Watchdog } from '../watchdog/watchdog.js'
import { Backlog } from './backlog.js'
import { BatchBudget } from './batch-size.js'
import type { Call, KnownTask } from './call.js'
import { CallStopper } from './call-stopper.js'
import { KeepAlive } from './keep-alive.js'
import type { Lane } from './lane.js'
import { QueueGate, type QueueGateListener } from './queue-gate.js'
import { canceledInQueue, type Settlement, stoppedSettlement, unstarted } from './settlement.js'
import { callForSpare } from './spare-service.js'
import { Statistics } from './statistics.js'
import { type Suspension, Suspensions } from './suspension.js'
import { type CrewListener, ThreadCrew } from './thread-crew.js'
import { WarmModules } from './warm-modules.js'

/** Hears what telemetry may want to know; whatever listens behind it must not throw. */
export interface SchedulerListener extends QueueGateListener {
  queued(call: Call): void
  started(call: Call, threadId: number): void
  progressed(call: Call, value: Uint8Array): void
  settled(call: Call): void
  threadStarted(threadId: number, startupMs: number): void
  threadStopped(threadId: number, exitCode: number, reason: string): void
  threadStartFailed(error: Error, retryInMs: number): void
  threadStuck(threadId: number, call: Call | undefined): void
  failedLate(failure: LateFailureMessage, threadId: number): void
  leftBehind(leftover: LeftoverMessage, threadId: number): void
}

/**
 * Decides which call goes to which thread when, and sees to it that each settles once. It knows bytes, references and
 * clocks, never classes or closures.
 */
export class Scheduler implements CrewListener {
  readonly statistics: Statistics = new Statistics()
  readonly queue: Backlog = new Backlog()
  readonly #listener: SchedulerListener
  readonly #keepAlive = new KeepAlive()
  readonly #gate: QueueGate
  readonly #watchdog: Watchdog<Call, Lane>
  readonly #crew: ThreadCrew
  readonly #suspensions: Suspensions
  readonly #stopper: CallStopper
  readonly #openLanes = new Set<Lane>()
  readonly #warmModules = new WarmModules()
  /** Calls that have left the line to fail. */
  readonly #refused: [Call, Suspension][] = []
  #dispatching = false
  #closing = false

  constructor(options: ResolvedOptions, listener: SchedulerListener) {
    this.#listener = listener
    this.#gate = new QueueGate(this.queue, options.queue, listener)
    this.#suspensions = new Suspensions(options.suspend)
    this.#crew = new ThreadCrew(options, this)
    this.#watchdog = new Watchdog(this.#crew.lanes, options.startTimeout, {
      overdue: (lane, index, phase, limitMs) => this.#stopOverdue(lane, index, phase, limitMs),
      holdsUpOthers: (lane) => lane.relieve(),
      runsLong: (lane, index) => this.#observeLong(lane, index),
      occupies: () => this.#serveOthers(),
      lingers: (lane) => void this.#stopper.stopLingering(lane),
    })
    this.#stopper = new CallStopper(options.grace, {
      gaveUp: () => {
        this.#scheduleDispatch()
        this.#crew.replaceWhereNeeded()
      },
      goesOn: (lane) => this.#watchdog.expect(lane, now()),
      stuck: (lane, call) => {
        this.#crew.replace()
        this.#listener.threadStuck(lane.thread.id, call)
      },
      settled: (call, settlement) => this.#settle(call, settlement),
    })
  }

  /** Calls that have not settled. */
  get pending(): number {
    return this.#keepAlive.pending
  }

  /** Calls that sit on threads which could not be stopped. */
  get stuckCalls(): ReadonlyMap<Lane, Call | undefined> {
    return this.#stopper.stuck
  }

  get startingThreads(): number {
    return this.#crew.starting
  }

  get lanes(): ReadonlySet<Lane> {
    return this.#crew.lanes
  }

  get threads(): ResolvedOptions['threads'] {
    return this.#crew.threads
  }

  /** Whether one more call of so many bytes may wait. @throws RuntimeClosedError, QueueFullError, StuckThreadsError */
  admit(bytes: number): void {
    if (this.#closing) throw new RuntimeClosedError()
    const stuckThreads = this.#stopper.stuck.size
    if (stuckThreads >= this.#crew.threads.max) throw new StuckThreadsError(stuckThreads)
    this.#gate.admit(bytes)
  }

  /** Takes a call that was admitted. It settles exactly once. */
  submit(call: Call): void {
    this.#keepAlive.hold()
    const suspension = this.#suspensions.refuses(call, now())
    if (suspension !== undefined) {
      this.#refuse(call, suspension)
      return
    }
    this.queue.push(call)
    this.#listener.queued(call)
    this.#scheduleDispatch()
  }

  /** Stops the call, whatever it is at; false if it has settled or is being stopped already. */
  cancel(call: Call, reason: unknown): boolean {
    if (call.settlement !== undefined || call.stopRequest !== undefined) return false
    const { lane } = call
    if (lane !== undefined) {
      if (call.index >= lane.control.next) lane.relieve()
      // It has ended by now, and its report says how.
      else lane.collect()
      if (call.settlement !== undefined) return false
    }
    if (this.queue.remove(call) || call.lane === undefined) {
      this.#settle(call, canceledInQueue(reason, now()))
    } else {
      void this.#stopper.stop(call.lane, call, { kind: 'cancel', reason })
    }
    return true
  }

  resize(threads: ResolvedOptions['threads']): void {
    this.#crew.resize(threads)
    this.#scheduleDispatch()
  }

  /**
   * Takes no more calls, waits for the pending ones, then cancels what is left and ends all threads.
   *
   * @param timeoutMs how long to wait for pending calls
   * @returns the calls that had to be canceled
   */
  async close(timeoutMs: number): Promise<readonly Call[]> {
    this.#closing = true
    await this.#keepAlive.drained(timeoutMs)
    const left = [...this.queue, ...[...this.#crew.lanes].flatMap((lane) => [...lane.calls])]
    for (const call of left) this.cancel(call, new RuntimeClosedError())
    await this.#keepAlive.drained(Number.POSITIVE_INFINITY)
    this.#watchdog.stop()
    await this.#keepAlive.during(this.#crew.close(THREADS_CLOSE_MS, THREADS_END_MS))
    this.#keepAlive.end()
    return left
  }

  // What lanes and threads tell.

  settled(call: Call, settlement: Settlement): void {
    this.#settle(call, settlement)
  }

  returned(calls: Call[]): void {
    this.queue.putBack(calls)
    this.#scheduleDispatch()
  }

  freed(lane: Lane): void {
    if (this.queue.size > 0) this.#scheduleDispatch()
    this.#openLanes.add(lane)
    if (this.#openLanes.size === 1) setImmediate(() => this.#closeUnused())
    this.#crew.trim()
    this.#crew.scheduleTrim()
  }

  progressed(call: Call, value: Uint8Array): void {
    this.#listener.progressed(call, value)
  }

  leaving(lane: Lane): void {
    void this.#stopper.seeOff(lane)
  }

  failedLate(failure: LateFailureMessage, threadId: number): void {
    this.#listener.failedLate(failure, threadId)
  }

  leftBehind(leftover: LeftoverMessage, threadId: number): void {
    this.#crew.wantSpare()
    this.#listener.leftBehind(leftover, threadId)
  }

  due(lane: Lane): void {
    this.#crew.expectToLose(lane)
  }

  threadReady(lane: Lane, startupMs: number): void {
    lane.preload(this.#warmModules.urls)
    this.#listener.threadStarted(lane.thread.id, startupMs)
    this.#scheduleDispatch()
  }

  threadGone(lane: Lane, exit: ThreadExit): void {
    lane.lose(exit, (call) => crashSettlement(lane, call, exit))
    this.#stopper.forget(lane)
    this.#openLanes.delete(lane)
    this.#listener.threadStopped(lane.thread.id, exit.exitCode, exit.error?.message ?? lane.leaveReason)
    this.#scheduleDispatch()
  }

  startFailed(error: Error, attempts: number, retryInMs: number): void {
    this.#listener.threadStartFailed(error, retryInMs)
    if (attempts < HOPELESS_STARTS || [...this.#crew.lanes].some((lane) => !lane.isLeaving)) return
    // Nobody will serve them: better an outcome than a wait without end.
    const at = now()
    for (const call of [...this.queue]) {
      this.queue.remove(call)
      this.#settle(call, { ...unstarted(at), status: 'crashed', phase: 'loading', cause: error })
    }
  }

  #scheduleDispatch(): void {
    if (this.#dispatching) return
    this.#dispatching = true
    queueMicrotask(() => {
      this.#dispatching = false
      this.#dispatch()
    })
  }

  #dispatch(): void {
    this.#releaseHeld()
    const lanes = this.queue.size > 0 ? this.#crew.freeLanes() : []
    let left = lanes.length
    for (const lane of lanes) {
      if (this.queue.size === 0) break
      const batch = this.#takeBatch(Math.ceil(this.queue.line.size / left--))
      if (batch.length > 0) this.#send(lane, batch)
    }
    // A spare thread that took regular work counts as grown too, and is replaced.
    this.#crew.grow(this.queue.size)
    this.#serveOthers()
    this.#refuseAll()
    this.#gate.noteDrained()
  }

  #serveOthers(): void {
    const spare = this.queue.size > 0 ? this.#crew.spareLane : undefined
    if (spare === undefined) return
    this.#releaseHeld()
    const at = now()
    const mayStart = (call: Call): boolean => {
      const verdict = this.#suspensions.judge(call, at)
      return verdict === 'go' || (verdict === 'alone' && this.#mayStartAlone(call.task))
    }
    const call = callForSpare(this.queue.line, this.#crew.busyLanes, this.#crew.threads.max, at, mayStart)
    if (call === undefined) return
    this.queue.remove(call)
    this.#send(spare, [call])
  }

  #send(lane: Lane, batch: Call[]): void {
    const at = now()
    lane.send(batch, at)
    this.statistics.sent(batch.length)
    this.#watchdog.expect(lane, at)
  }

  /** As many of the calls whose turn it is as make a batch. Nothing waits in order to fill it. */
  #takeBatch(share: number): Call[] {
    const batch: Call[] = []
    const budget = new BatchBudget(share)
    const { line } = this.queue
    for (let call = line.peek(); call !== undefined; call = line.peek()) {
      const meanMs = call.movesBuffers ? undefined : call.task.runTime.meanMs
      if (!budget.fits(meanMs)) break
      if (!this.#letsGo(call, batch)) continue
      budget.add(meanMs)
      this.queue.shift()
      batch.push(call)
    }
    if (batch.length > 0) return batch
    // Nobody else waits for the thread.
    const held = this.queue.shiftHeld()
    return held === undefined ? [] : [held]
  }

  /** Whether the call whose turn it is may start now, in this batch; if not, it leaves the line. */
  #letsGo(call: Call, batch: readonly Call[]): boolean {
    const verdict = this.#suspensions.judge(call, now())
    if (verdict === 'go') return true
    if (verdict === 'alone') {
      if (this.#mayStartAlone(call.task) && !batch.some(({ task }) => task === call.task)) return true
      this.queue.hold(call)
    } else {
      this.queue.remove(call)
      this.#refused.push([call, verdict])
    }
    return false
  }

  #mayStartAlone(task: KnownTask): boolean {
    if (!this.#crew.canRiskOne) return false
    return this.#crew.busyLanes.every((lane) => lane.calls.every((call) => call.task !== task))
  }

  /** Held calls whose task is no longer suspect, or of which one may start, come back into line. */
  #releaseHeld(): void {
    this.queue.release((task) => !this.#suspensions.isSuspect(task, now()) || this.#mayStartAlone(task))
  }

  /** Only now, since who hears of it may start and cancel calls. */
  #refuseAll(): void {
    for (const [call, suspension] of this.#refused.splice(0)) this.#refuse(call, suspension)
  }

  #refuse(call: Call, suspension: Suspension): void {
    this.#settle(call, { ...unstarted(now()), status: 'failed', suspension })
  }

  #settle(call: Call, settlement: Settlement): void {
    if (!call.settle(settlement)) return
    call.lane = undefined
    const { claimedAt, runAt, endAt, threadId } = settlement
    if (runAt > 0) {
      call.task.runTime.add(endAt - runAt)
      this.#warmModules.note(call.task.url)
    }
    if (claimedAt > 0) this.#crew.noteServed()
    this.#suspensions.note(call, settlement, endAt)
    this.statistics.settled(call.createdAt, settlement)
    if (claimedAt > 0 && threadId !== undefined) this.#announceStart(call, threadId)
    this.#listener.settled(call)
    this.#gate.noteDrained()
    this.#keepAlive.release()
  }

  #announceStart(call: Call, threadId: number): void {
    if (call.isAnnounced) return
    call.isAnnounced = true
    this.#listener.started(call, threadId)
  }

  #observeLong(lane: Lane, index: number): void {
    const call = lane.callAt(index)
    if (call !== undefined) this.#announceStart(call, lane.thread.id)
    this.#crew.wantSpare()
  }

  #stopOverdue(lane: Lane, index: number, phase: PhaseName, limitMs: number): void {
    const call = lane.callAt(index)
    if (call === undefined || call.stopRequest !== undefined) return
    void this.#stopper.stop(lane, call, { kind: 'timeout', limitMs: limitMs - call.restedMs }, phase)
  }

  #closeUnused(): void {
    for (const lane of this.#openLanes) lane.closeIfUnused()
    this.#openLanes.clear()
  }
}

function crashSettlement(lane: Lane, call: Call, exit: ThreadExit): Settlement {
  const cause = exit.error ?? new Error(`the thread exited with code ${exit.exitCode}`)
  if (call.lane !== lane) return { ...unstarted(now()), status: 'crashed', phase: 'loading', cause }
  const stamps = lane.stampsOf(now())
  if (call.stopRequest !== undefined) return stoppedSettlement(call.stopRequest, stamps, 'running', 'signal')
  return { ...stamps, status: 'crashed', phase: phaseName(lane.control.phase), cause }
}

/** How long `close` lets threads close their user connections, then how long it waits for them to end, ms. */
const THREADS_CLOSE_MS = 250
const THREADS_END_MS = 1_000
/** After so many failed starts in a row, with no thread alive, waiting calls are given up. */
const HOPELESS_STARTS = 5
