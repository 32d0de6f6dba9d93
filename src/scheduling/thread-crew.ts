import type { ResolvedOptions } from '../options.js'
import { type PoolListener, type PoolThread, type ThreadExit, ThreadPool } from '../pool/thread-pool.js'
import { Lane, type LaneListener } from './lane.js'

/** Hears what the scheduler must know of threads. */
export interface CrewListener extends LaneListener {
  threadReady(lane: Lane, startupMs: number): void
  threadGone(lane: Lane, exit: ThreadExit): void
  /** @param attempts failed starts in a row @param retryInMs when the next is made */
  startFailed(error: Error, attempts: number, retryInMs: number): void
}

/**
 * Keeps as many threads as are wanted: at least `min`, up to `max` while calls wait, and spare ones to take over from
 * threads that are being stopped. A thread that is leaving or stuck no longer counts.
 */
export class ThreadCrew implements PoolListener {
  readonly lanes: Set<Lane> = new Set()
  readonly #pool: ThreadPool
  readonly #listener: CrewListener
  readonly #timeoutMs: number
  #threads: ResolvedOptions['threads']
  /** Threads kept beyond `min` since calls waited for them. */
  #grown: number
  #spareWanted: boolean
  readonly #due = new Set<Lane>()
  #failures = 0
  #retry: NodeJS.Timeout | undefined
  #idleTimer: NodeJS.Timeout | undefined
  #spareTimer: NodeJS.Timeout | undefined
  #closed = false

  constructor(options: ResolvedOptions, listener: CrewListener) {
    this.#threads = options.threads
    this.#grown = options.threads.min
    this.#listener = listener
    this.#timeoutMs = options.timeout
    // Threads that are recycled need a successor in time.
    const { recycleAfter, recycleAboveHeap } = options.thread
    this.#spareWanted = Math.min(recycleAfter, recycleAboveHeap) < Number.POSITIVE_INFINITY
    this.#pool = new ThreadPool(options, this)
    this.#fill()
  }

  get threads(): ResolvedOptions['threads'] {
    return this.#threads
  }

  get starting(): number {
    return this.#pool.starting
  }

  /** The free lanes that may take work: never more busy ones than `max`. */
  freeLanes(): Lane[] {
    let busy = 0
    const free: Lane[] = []
    for (const lane of this.lanes) {
      if (lane.isFree) free.push(lane)
      else if (!lane.isLeaving) busy++
    }
    return free.slice(0, Math.max(0, this.#threads.max - busy))
  }

  resize(threads: ResolvedOptions['threads']): void {
    this.#threads = threads
    this.#grown = Math.min(Math.max(this.#grown, threads.min), threads.max)
    this.#fill()
    this.trim()
  }

  /** So many calls wait, and no lane is free for them: each is worth a thread, up to `max`. */
  grow(waiting: number): void {
    let busy = 0
    for (const lane of this.lanes) if (!lane.isFree && !lane.isLeaving) busy++
    const wanted = Math.min(this.#threads.max, busy + waiting)
    if (wanted <= this.#grown) return
    this.#grown = wanted
    this.#fill()
  }

  /** From now on spare threads stand by. */
  wantSpare(): void {
    if (this.#spareWanted) return
    this.#spareWanted = true
    this.#fill()
  }

  /** A free lane beyond those that may be busy, kept to take over; `undefined` if there is none. */
  get spareLane(): Lane | undefined {
    for (const lane of this.lanes) if (lane.isFree) return lane
    return undefined
  }

  /** False while the only thread there is could be lost with its call, and more are to come. */
  get canRiskOne(): boolean {
    if (this.#wanted <= this.#live || this.#retry !== undefined) return true
    let live = 0
    for (const lane of this.lanes) if (!lane.isLeaving) live++
    return live > 1
  }

  /** The lanes that serve calls now. */
  get busyLanes(): Lane[] {
    return [...this.lanes].filter((lane) => !lane.isFree && !lane.isLeaving)
  }

  /** The lane's thread will retire soon: its successor starts now, so that it is warm by then. */
  expectToLose(lane: Lane): void {
    this.#due.add(lane)
    this.#fill()
  }

  /** A thread has served a call: starting and keeping threads works. */
  noteServed(): void {
    // Not at once: it would compete with the first calls, and many a process has only few.
    if (!this.#spareWanted) this.#spareTimer ??= setTimeout(() => this.wantSpare(), SETTLED_IN_MS).unref()
    if (this.#failures === 0 || this.#closed) return
    this.#failures = 0
    clearTimeout(this.#retry)
    this.#retry = undefined
    this.#fill()
  }

  /**
   * A lane is leaving. Its place is filled once its thread is gone, since starting one holds up whoever takes over; at
   * once where nobody is free to do so.
   */
  replaceWhereNeeded(): void {
    if (this.spareLane === undefined) this.#fill()
  }

  /** A lane is leaving: its place is filled at once. */
  replace(): void {
    this.#fill()
  }

  /** Threads that nobody needs may go once they have been without work for a while. */
  scheduleTrim(): void {
    if (this.#idleTimer !== undefined || this.#grown <= this.#threads.min) return
    this.#idleTimer = setTimeout(() => {
      this.#idleTimer = undefined
      const idle = [...this.lanes].filter((lane) => lane.isFree).length
      this.#grown = Math.max(this.#threads.min, this.#grown - idle)
      this.trim()
    }, IDLE_MS).unref()
  }

  /** Retires free lanes beyond what is wanted. */
  trim(): void {
    let surplus = this.#live - this.#wanted
    if (surplus <= 0) return
    for (const lane of [...this.lanes].reverse()) {
      if (surplus <= 0) return
      if (!lane.isFree) continue
      lane.retire()
      surplus--
    }
  }

  /** Lets all threads close their user connections, then ends what is left. @param graceMs ms @param deadlineMs ms */
  async close(graceMs: number, deadlineMs: number): Promise<void> {
    this.#closed = true
    clearTimeout(this.#retry)
    clearTimeout(this.#idleTimer)
    clearTimeout(this.#spareTimer)
    for (const lane of this.lanes) lane.retire()
    // A thread that is terminated while it loads its modules leaves their files open, so those on their way may arrive.
    await this.#pool.started(START_MS)
    await Promise.all(this.#pool.threads.map((thread) => thread.isGoneWithin(graceMs)))
    await this.#pool.destroy(deadlineMs)
  }

  threadReady(thread: PoolThread, startupMs: number): void {
    if (this.#closed) {
      thread.retire()
      return
    }
    const lane = new Lane(thread, this.#pool, this.#timeoutMs, this.#listener)
    this.lanes.add(lane)
    this.#listener.threadReady(lane, startupMs)
    this.#fill()
  }

  threadGone(thread: PoolThread, exit: ThreadExit): void {
    for (const lane of this.lanes) {
      if (lane.thread !== thread) continue
      // It may have said why it leaves, and the event loop not have delivered that yet.
      thread.channel.drain()
      const isUnexplained = !lane.isLeaving && lane.runningCall === undefined
      this.lanes.delete(lane)
      this.#due.delete(lane)
      this.#listener.threadGone(lane, exit)
      if (isUnexplained) this.startFailed(exit.error ?? new Error(`The thread exited with code ${exit.exitCode}`))
    }
    this.#fill()
  }

  startFailed(error: Error): void {
    if (this.#closed) return
    this.#failures++
    const retryInMs = Math.min(FIRST_RETRY_MS * 2 ** (this.#failures - 1), LAST_RETRY_MS)
    clearTimeout(this.#retry)
    this.#retry = setTimeout(() => {
      this.#retry = undefined
      this.#fill()
    }, retryInMs).unref()
    this.#listener.startFailed(error, this.#failures, retryInMs)
  }

  get #wanted(): number {
    return this.#grown + (this.#spareWanted ? this.#threads.spare : 0)
  }

  get #live(): number {
    let leaving = 0
    for (const lane of this.lanes) if (lane.isLeaving || this.#due.has(lane)) leaving++
    return this.lanes.size - leaving + this.#pool.starting
  }

  #fill(): void {
    if (this.#closed || this.#retry !== undefined) return
    // After a failure one at a time, so that a broken setting does not fail many times at once.
    const most = this.#failures > 0 ? 1 : Number.POSITIVE_INFINITY
    for (let missing = Math.min(this.#wanted - this.#live, most); missing > 0 && this.#retry === undefined; missing--) {
      this.#pool.start()
    }
  }
}

/** How long `close` waits for threads on their way, ms: on a busy machine one takes more than a second. */
const START_MS = 3_000
/** How long after its first call a runtime has spare threads, though nothing has called for one, ms. */
const SETTLED_IN_MS = 1_000
/** How long a thread beyond `min` is kept without work, ms. */
const IDLE_MS = 30_000
const FIRST_RETRY_MS = 100
const LAST_RETRY_MS = 10_000
