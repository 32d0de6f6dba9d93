import { type ControlBlock, STOPPED } from '../contract/control-block.js'
import { type Definitions, encodeFrame } from '../contract/frame.js'
import type { BatchMessage, FromThread, LateFailureMessage, LeftoverMessage } from '../contract/messages.js'
import { Ending, type Report } from '../contract/outbox.js'
import type { PoolThread, ThreadExit, ThreadPool } from '../pool/thread-pool.js'
import type { Watched } from '../watchdog/watchdog.js'
import type { Call } from './call.js'
import { type Settlement, stoppedSettlement } from './settlement.js'

/** Hears what becomes of a lane's calls. */
export interface LaneListener {
  settled(call: Call, settlement: Settlement): void
  /** The calls never started and wait again. */
  returned(calls: Call[]): void
  /** The lane has no batch any more and may take one. */
  freed(lane: Lane): void
  progressed(call: Call, value: Uint8Array): void
  failedLate(failure: LateFailureMessage, threadId: number): void
  leftBehind(leftover: LeftoverMessage, threadId: number): void
  /** The lane takes no more calls; its thread is to close its user connections and exit. */
  leaving(lane: Lane): void
  /** The lane's thread will retire soon. */
  due(lane: Lane): void
}

/**
 * The scheduler's side of one thread: the batch it works on, and what the control block says of it.
 *
 * ```
 *            send                    send (on the channel)
 *   idle ───────────▶ open ⇄ serving ──────────▶ …
 *     ▲    piscina.run  │  batch over, nothing waits
 *     └──── closing ◀───┘
 *
 *   any of them ──▶ leaving: takes no more calls; its thread retires, was stopped, or is gone
 * ```
 *
 * A lane that is open is one `piscina.run`: its first batch opens it, further ones follow on the thread's own channel,
 * which spares the main thread most of the cost of a run. It closes as soon as the event loop has turned without work.
 */
export class Lane implements Watched<Call> {
  readonly thread: PoolThread
  /** Why its thread leaves or left, in words. */
  leaveReason = 'it exited by itself'
  readonly #pool: ThreadPool
  readonly #listener: LaneListener
  readonly #timeoutMs: number
  #state: 'idle' | 'open' | 'closing' | 'leaving' = 'idle'
  /** A batch was sent and the thread has not said that it is over, even if nothing of it is left to serve. */
  #serving = false
  #calls: Call[] = []
  #batch = 0
  #collected = 0
  #sentAt = 0
  /** Reports too large for the outbox, by call index. */
  #posted = new Map<number, Report>()
  /** Of the latest calls that have a name of their own, by id. */
  readonly #givenNames = new Map<number, string>()
  #knownTasks = new Set<number>()
  #knownUsers = new Set<number>()

  /** @param timeoutMs the limit of calls that have none, and whose class has none */
  constructor(thread: PoolThread, pool: ThreadPool, timeoutMs: number, listener: LaneListener) {
    this.thread = thread
    this.#pool = pool
    this.#timeoutMs = timeoutMs
    this.#listener = listener
    thread.channel.onMessage((message) => this.#receive(message))
  }

  /** It may take a batch. */
  get isFree(): boolean {
    return !this.#serving && !this.thread.isDying && (this.#state === 'idle' || this.#state === 'open')
  }

  get isLeaving(): boolean {
    return this.#state === 'leaving'
  }

  get control(): ControlBlock {
    return this.thread.channel.control
  }

  get isServing(): boolean {
    return this.#serving && this.#state !== 'leaving'
  }

  get length(): number {
    return this.#calls.length
  }

  callAt(index: number): Call | undefined {
    return this.#calls[index]
  }

  restedMs(index: number): number {
    return this.#calls[index]?.restedMs ?? 0
  }

  limitOf(index: number, classTimeoutMs: number): number {
    const call = this.#calls[index]
    return (call?.timeoutMs ?? (classTimeoutMs > 0 ? classTimeoutMs : this.#timeoutMs)) + (call?.restedMs ?? 0)
  }

  /** Calls it has been given and that have not settled. */
  get calls(): readonly Call[] {
    return this.#calls.slice(this.#collected)
  }

  get sentAt(): number {
    return this.#sentAt
  }

  /** The call that the thread works on now, or `undefined`. */
  get runningCall(): Call | undefined {
    const { control } = this.thread.channel
    const { settled } = control
    return settled !== STOPPED && control.next > settled ? this.#calls[settled] : undefined
  }

  send(calls: Call[], at: number): void {
    const { channel } = this.thread
    this.#serving = true
    this.#calls = calls
    this.#collected = 0
    this.#batch = (this.#batch + 1) >>> 0
    this.#sentAt = at
    channel.control.begin()
    channel.outbox.rewind()
    const attachments: (ArrayBuffer | SharedArrayBuffer)[] = []
    for (const [index, call] of calls.entries()) {
      call.lane = this
      call.index = index
      this.#rememberName(call)
      if (call.attachments !== undefined) attachments.push(...call.attachments)
    }
    const frame = encodeFrame(this.#batch, calls, this.#introduce(calls))
    if (this.#state === 'open') channel.post({ frame, attachments })
    else this.#open({ frame, attachments })
  }

  /** Takes back the calls that the thread has not claimed. */
  takeBack(): Call[] {
    const from = this.thread.channel.control.takeBack(this.#calls.length)
    return this.#cut(from)
  }

  /** Takes back what is unclaimed and settles what has ended, so that neither waits for the running call. */
  relieve(): void {
    this.thread.channel.drain()
    this.#return(this.takeBack())
    this.collect()
  }

  /** Settles the calls whose reports are in the outbox by now. */
  collect(): void {
    const { settled } = this.thread.channel.control
    if (settled === STOPPED) return
    // What was posted before, such as the last progress, comes first.
    this.thread.channel.drain()
    this.#collectUpTo(settled)
  }

  /**
   * Stops the running call for good. True: it is the caller's to settle, and the lane takes no more calls; those after
   * it are returned. False: it has ended by itself.
   */
  stop(call: Call): boolean {
    if (call.lane !== this || !this.thread.channel.control.stop(call.index)) return false
    // Progress and reports that it has posted are its calls' own.
    this.thread.channel.drain()
    this.#leave(`call ${call.id} of ${call.name} was stopped on it`)
    this.#return(this.takeBack())
    this.#collectUpTo(call.index)
    this.#calls = []
    this.#collected = 0
    return true
  }

  /** Its calls have ended, but its thread does not come back: it takes no more. False: it has come back meanwhile. */
  abandon(): boolean {
    this.thread.channel.drain()
    if (!this.isServing) return false
    this.#return(this.takeBack())
    this.collect()
    // It has claimed its next call meanwhile: that one is watched like any other.
    if (this.#collected < this.#calls.length) return false
    this.#leave('code that an earlier call left behind held it')
    this.#calls = []
    this.#collected = 0
    return true
  }

  /** Asks the running call to stop by its signal. */
  ask(call: Call): void {
    this.control.ask(call.index)
    this.thread.channel.post('ask')
  }

  /** Lets the thread load modules while it has nothing to do. */
  preload(urls: readonly string[]): void {
    if (urls.length > 0) this.thread.channel.post({ preload: urls })
  }

  /** No more calls for this lane: its thread is to go once it has no batch. */
  retire(): void {
    this.#leave('it was no longer needed')
    this.thread.retire()
    this.#listener.leaving(this)
  }

  /** The thread is gone: what it had ended counts, what it was at has crashed, the rest is returned. */
  lose(exit: ThreadExit, crash: (call: Call, exit: ThreadExit) => Settlement): void {
    const { channel } = this.thread
    channel.drain()
    this.#state = 'leaving'
    const unstarted = this.takeBack()
    this.#return(unstarted.filter((call) => !call.movesBuffers))
    this.collect()
    // Buffers that were on their way to the thread are gone with it: their call cannot be moved.
    const crashed = [...this.#calls.slice(this.#collected), ...unstarted.filter((call) => call.movesBuffers)]
    this.#calls = []
    for (const call of crashed) this.#listener.settled(call, crash(call, exit))
  }

  /** Closes the open lane if it still has nothing to do. */
  closeIfUnused(): void {
    if (this.#state !== 'open' || this.#serving) return
    this.#state = 'closing'
    this.thread.channel.post('end')
  }

  /** Whether it has been on the same call for this long, ms. */
  hasBeenOnItsCall(forMs: number, at: number): boolean {
    return this.runningCall !== undefined && at - this.control.claimedAt >= forMs
  }

  /** What the control block says of the call that was stopped, or whose thread is gone. */
  stampsOf(endAt: number): { threadId: number; claimedAt: number; runAt: number; endAt: number } {
    const { control } = this.thread.channel
    const runAt = control.hasRun ? control.runAt : 0
    // Between claiming a call and stamping it the thread still shows the stamp of an earlier one.
    const claimedAt = Math.max(control.claimedAt, this.#sentAt)
    return { threadId: this.thread.id, claimedAt, runAt, endAt }
  }

  #open(message: BatchMessage): void {
    this.#state = 'open'
    this.#pool.open(this.thread, message).then(
      () => {
        if (this.#state !== 'closing') return
        this.#state = 'idle'
        this.#listener.freed(this)
      },
      // The thread is gone, which the pool tells with the exit code and the cause; if not, it serves nothing.
      () => this.thread.terminate(),
    )
  }

  #receive(message: FromThread): void {
    if (typeof message === 'number') this.#endBatch(message)
    else if (message.type === 'report') this.#keepPosted(message.batch, message.index, message.report)
    else if (message.type === 'progress') this.#tellProgress(message.callId, message.value)
    else if (message.type === 'late-failure')
      this.#listener.failedLate({ ...message, task: this.#nameOf(message) }, this.thread.id)
    else if (message.type === 'leftover')
      this.#listener.leftBehind({ ...message, task: this.#nameOf(message) }, this.thread.id)
    else if (message.type === 'collect') this.collect()
    else if (message.type === 'due') this.#listener.due(this)
    else if (message.type === 'unused') this.#recover(message.attachments)
    else this.#retireItself(message.reason)
  }

  /** The thread knows calls by their class; what surfaces late is told by the name that the call was given. */
  #nameOf({ callId, task }: { readonly callId: number; readonly task: string }): string {
    return this.#givenNames.get(callId) ?? task
  }

  #rememberName({ id, name, task }: Call): void {
    if (name === task.exportName) return
    if (this.#givenNames.size >= MAX_GIVEN_NAMES)
      this.#givenNames.delete(this.#givenNames.keys().next().value as number)
    this.#givenNames.set(id, name)
  }

  #tellProgress(callId: number, value: Uint8Array): void {
    const call = this.calls.find(({ id }) => id === callId)
    if (call !== undefined) this.#listener.progressed(call, value)
  }

  #keepPosted(batch: number, index: number, report: Report): void {
    if (batch === this.#batch) this.#posted.set(index, report)
  }

  /** The thread leaves without having taken the one call of its batch: it is sent to another with its buffers. */
  #recover(attachments: readonly (ArrayBuffer | SharedArrayBuffer)[]): void {
    const [call] = this.#calls
    if (call !== undefined) call.attachments = attachments
  }

  #retireItself(reason: string): void {
    this.#leave(reason)
    this.#listener.leaving(this)
  }

  #leave(reason: string): void {
    this.#state = 'leaving'
    this.leaveReason = reason
  }

  #endBatch(batch: number): void {
    if (batch !== this.#batch) return
    const { settled } = this.thread.channel.control
    if (settled === STOPPED) return
    this.#return(this.takeBack())
    this.#collectUpTo(settled)
    this.#calls = []
    this.#serving = false
    this.#listener.freed(this)
  }

  #collectUpTo(settled: number): void {
    const from = this.#collected
    if (settled <= from) return
    // A listener may stop or cancel other calls of this lane, so the batch is not read again once one was told.
    const ended = this.#calls.slice(from, settled)
    const reports = this.thread.channel.outbox.read(from, settled)
    this.#collected = settled
    for (const [offset, call] of ended.entries()) {
      this.#listener.settled(call, this.#settlementOf(call, reports[offset] ?? this.#takePosted(from + offset)))
    }
  }

  #takePosted(index: number): Report {
    if (!this.#posted.has(index)) this.thread.channel.drain()
    const report = this.#posted.get(index)
    if (report === undefined) throw new Error(`offmain: the report of call ${index} was announced but never posted`)
    this.#posted.delete(index)
    return report
  }

  #settlementOf(call: Call, report: Report): Settlement {
    const { claimedAt, runAt, endAt } = report
    const threadId = this.thread.id
    if (report.ending === Ending.completed) return { status: 'completed', threadId, claimedAt, runAt, endAt, report }
    const stamps = { threadId, claimedAt, runAt, endAt }
    return report.ending === Ending.gaveWay && call.stopRequest !== undefined
      ? stoppedSettlement(call.stopRequest, stamps, 'running', 'signal')
      : { ...stamps, status: 'failed', report }
  }

  #cut(from: number): Call[] {
    const rest = this.#calls.splice(from)
    for (const call of rest) call.lane = undefined
    return rest
  }

  #return(calls: Call[]): void {
    if (calls.length > 0) this.#listener.returned(calls)
  }

  /** What the thread has not met yet of the tasks and users of these calls. */
  #introduce(calls: readonly Call[]): Definitions | undefined {
    const tasks: [number, string, string][] = []
    const users: [number, Uint8Array][] = []
    const forgetUsers = this.#knownUsers.size > MAX_KNOWN_USERS
    if (forgetUsers) this.#knownUsers.clear()
    for (const { task, user } of calls) {
      if (!this.#knownTasks.has(task.key)) {
        this.#knownTasks.add(task.key)
        tasks.push([task.key, task.url, task.exportName])
      }
      if (user !== undefined && !this.#knownUsers.has(user.key)) {
        this.#knownUsers.add(user.key)
        users.push([user.key, user.encoded])
      }
    }
    return tasks.length > 0 || users.length > 0 || forgetUsers ? { tasks, users, forgetUsers } : undefined
  }
}

const MAX_GIVEN_NAMES = 1_000
/** Beyond it a thread forgets its users and is told anew, so that neither side grows without end. */
const MAX_KNOWN_USERS = 1_000
