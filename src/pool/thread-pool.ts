import { setTimeout as delay } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { Piscina } from 'piscina'
import type { ControlBlock } from '../contract/control-block.js'
import type { BatchMessage, Hello, ThreadSettings } from '../contract/messages.js'
import { InvalidOptionError } from '../errors.js'
import type { ResolvedOptions } from '../options.js'
import { ThreadChannel, transferListOf } from './thread-channel.js'

/** Hears of threads as they come and go. */
export interface PoolListener {
  /** The thread is ready for its first batch. @param startupMs from the request until now */
  threadReady(thread: PoolThread, startupMs: number): void
  /** The thread is gone; what it had posted can still be drained. */
  threadGone(thread: PoolThread, exit: ThreadExit): void
  /** A thread died before it was ready. */
  startFailed(error: Error): void
}

export interface ThreadExit {
  readonly exitCode: number
  /** What killed it, such as running out of memory; `undefined` when it exited by itself. */
  readonly error: Error | undefined
}

/** One worker thread of the pool. */
export class PoolThread {
  readonly channel: ThreadChannel
  readonly #worker: Worker
  readonly #gone: Promise<void>
  #isDying = false

  constructor(hello: Hello, worker: Worker) {
    this.channel = new ThreadChannel(hello)
    this.#worker = worker
    worker.once('error', () => {
      this.#isDying = true
    })
    this.#gone = new Promise((resolve) => {
      worker.once('exit', () => resolve())
    })
  }

  get id(): number {
    return this.channel.threadId
  }

  get control(): ControlBlock {
    return this.channel.control
  }

  /** It has met a fatal error: Piscina has struck it off already, its exit follows. */
  get isDying(): boolean {
    return this.#isDying
  }

  /** Whether its event loop waits for events now: it runs no code of any kind, JavaScript or native. */
  async isIdle(): Promise<boolean> {
    const { performance } = this.#worker
    const before = performance.eventLoopUtilization()
    await delay(IDLE_SAMPLE_MS)
    return performance.eventLoopUtilization(before).utilization < 0.5
  }

  /** @param ms how long to wait for its end */
  async isGoneWithin(ms: number): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<boolean>((resolve) => {
      timer = setTimeout(resolve, ms, false).unref()
    })
    const gone = await Promise.race([this.#gone.then(() => true), late])
    clearTimeout(timer)
    return gone
  }

  /** Asks it to close its user connections and exit. */
  retire(): void {
    this.channel.post('retire')
  }

  /** Ends the thread without its consent; `threadGone` follows unless it sits in native code. */
  terminate(): void {
    // Each request adds a listener of Node's own until the thread is gone.
    this.#worker.setMaxListeners(0)
    void this.#worker.terminate()
  }
}

/**
 * The Piscina pool, used for what it does soundly (see `facts` in AGENTS.md): it makes threads, carries a lane's first
 * batch, and knows busy threads from idle ones. It never has a queue: the scheduler sends work only to the threads that
 * it picks, and by Piscina's load balancer each run goes to the thread that was picked.
 */
export class ThreadPool {
  readonly #piscina: Piscina
  readonly #listener: PoolListener
  readonly #workers = new Map<number, StartingWorker>()
  readonly #startMs: number
  #picked: number | undefined
  #starting = 0
  #whenStarted: () => void = () => {}

  constructor(options: ResolvedOptions, listener: PoolListener) {
    this.#listener = listener
    const { resourceLimits, execArgv, env } = options.thread
    checkExecArgv(execArgv)
    this.#startMs = Math.min(Math.max(options.startTimeout, LEAST_START_MS), MOST_TIMER_MS)
    const settings: ThreadSettings = {
      userConnections: options.userConnections,
      maxPayload: options.maxPayload,
      recycleAfter: options.thread.recycleAfter,
      recycleAboveHeapMb: options.thread.recycleAboveHeap,
    }
    this.#piscina = new Piscina({
      filename: ENTRY,
      workerData: settings,
      minThreads: 0,
      // Never reached: threads start one by one, each by `start`.
      maxThreads: Number.MAX_SAFE_INTEGER,
      idleTimeout: Number.POSITIVE_INFINITY,
      // The default freezes an idle thread's event loop, and with it the user connections' keep-alives.
      atomics: 'disabled',
      recordTiming: false,
      loadBalancer: (_, workers) => workers.find((worker) => worker.id === this.#picked) ?? null,
      ...(resourceLimits && { resourceLimits }),
      ...(execArgv && { execArgv: [...execArgv] }),
      ...(env && { env: Object.fromEntries(Object.entries(env).filter(isSet)) }),
    })
    this.#piscina.on('message', (message: unknown) => {
      if (isHello(message)) this.#greet(message)
    })
    this.#piscina.on('workerCreate', (worker: { id: number }) => this.#ready(worker.id))
    // Deaths are heard from the workers themselves; without a listener Piscina's copy would be an uncaught exception.
    this.#piscina.on('error', () => {})
  }

  /** Threads asked for that are not ready yet. */
  get starting(): number {
    return this.#starting
  }

  /** Threads that have become ready and are not gone. */
  get threads(): PoolThread[] {
    return [...this.#workers.values()].flatMap(({ thread, ready }) => (ready && thread !== undefined ? [thread] : []))
  }

  /**
   * Starts one thread. Piscina starts one for a run that no thread can take; the run itself is withdrawn at once, so
   * that nothing waits in Piscina's queue, where it would hold up runs for other threads.
   */
  start(): void {
    const withdrawn = new AbortController()
    const before = new Set(this.#piscina.threads)
    this.#picked = undefined
    try {
      this.#piscina.run(undefined, { signal: withdrawn.signal }).catch(() => {})
      withdrawn.abort()
    } catch (error) {
      this.#listener.startFailed(error as Error)
      return
    }
    const worker = this.#piscina.threads.find((candidate) => !before.has(candidate))
    if (worker === undefined) {
      this.#listener.startFailed(new Error('Piscina started no thread'))
      return
    }
    this.#watch(worker)
  }

  /** Settles when no thread is starting any more, or the time is up. @param deadlineMs ms */
  async started(deadlineMs: number): Promise<void> {
    if (this.#starting === 0) return
    let timer: NodeJS.Timeout | undefined
    await new Promise<void>((resolve) => {
      this.#whenStarted = resolve
      timer = setTimeout(resolve, deadlineMs)
    })
    clearTimeout(timer)
  }

  /** Opens a lane: runs `serveLane` on the thread with its first batch. Settles when the lane has been closed. */
  open(thread: PoolThread, message: BatchMessage): Promise<void> {
    this.#picked = thread.id
    return this.#piscina.run(message, { transferList: [...transferListOf(message)] })
  }

  /** Terminates every thread; settles by the deadline even if one sits in native code. @param deadlineMs ms */
  async destroy(deadlineMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const deadline = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, deadlineMs)
    })
    await Promise.race([this.#piscina.destroy(), deadline])
    clearTimeout(timer)
  }

  #watch(worker: Worker): void {
    const starting: StartingWorker = { worker, requestedAt: performance.now(), thread: undefined, ready: false }
    const { threadId } = worker
    let failure: Error | undefined
    // Something that it was told to import may never end.
    const timer = setTimeout(() => {
      if (starting.ready) return
      failure = new Error(`The thread was not ready after ${this.#startMs} ms`)
      void worker.terminate()
    }, this.#startMs).unref()
    this.#workers.set(threadId, starting)
    this.#starting++
    worker.on('error', (error: Error) => {
      failure = error
    })
    worker.on('exit', (exitCode: number) => {
      clearTimeout(timer)
      this.#workers.delete(threadId)
      if (starting.ready && starting.thread !== undefined) {
        this.#listener.threadGone(starting.thread, { exitCode, error: failure })
        starting.thread.channel.close()
        return
      }
      this.#endStarting()
      this.#listener.startFailed(failure ?? new Error(`The thread exited with code ${exitCode} before it was ready`))
    })
  }

  #endStarting(): void {
    this.#starting--
    if (this.#starting === 0) this.#whenStarted()
  }

  #greet(hello: Hello): void {
    const starting = this.#workers.get(hello.threadId)
    if (starting !== undefined) starting.thread ??= new PoolThread(hello, starting.worker)
  }

  #ready(threadId: number): void {
    const starting = this.#workers.get(threadId)
    if (starting?.thread === undefined) return
    starting.ready = true
    this.#endStarting()
    this.#listener.threadReady(starting.thread, performance.now() - starting.requestedAt)
  }
}

/**
 * Node refuses some flags for threads, and Piscina would let that surface as an unhandled rejection. Its own check runs
 * in the constructor of a worker that is never started, since its `workerData` cannot be cloned.
 */
function checkExecArgv(execArgv: readonly string[] | undefined): void {
  if (execArgv === undefined) return
  try {
    new Worker('', { eval: true, execArgv: [...execArgv], workerData: () => {} })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_WORKER_INVALID_EXEC_ARGV') return
    throw new InvalidOptionError('thread.execArgv', execArgv, 'Node options that a worker thread can have', error)
  }
}

interface StartingWorker {
  readonly worker: Worker
  readonly requestedAt: number
  thread: PoolThread | undefined
  ready: boolean
}

const IDLE_SAMPLE_MS = 3
/** However short `startTimeout` is, which is meant for modules: a thread itself may take long on a busy machine. */
const LEAST_START_MS = 10_000
/** What a Node timer can hold. */
const MOST_TIMER_MS = 2 ** 31 - 1
const ENTRY = new URL('../../workers/boot.cjs', import.meta.url).href

function isHello(message: unknown): message is Hello {
  return typeof message === 'object' && message !== null && (message as Partial<Hello>).offmain === 'hello'
}

function isSet(entry: [string, string | undefined]): entry is [string, string] {
  return entry[1] !== undefined
}
