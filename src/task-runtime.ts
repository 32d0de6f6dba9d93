import { AsyncLocalStorage } from 'node:async_hooks'
import {
  type CallOptions,
  type CloseOptions,
  checkUser,
  type MapOptions,
  resolveCallOptions,
  resolveCloseOptions,
  resolveMapOptions,
} from './call-options.js'
import { now } from './contract/clock.js'
import { decode, type Encoded, encode } from './contract/codec.js'
import { reviveError } from './contract/error-record.js'
import { ConnectionUse } from './contract/frame.js'
import { NotSerializableError } from './contract/strict-value.js'
import type { User } from './contract/task.js'
import { InvalidOptionError, ParameterSerializationError, QueueFullError, UserRequiredError } from './errors.js'
import { type CallEvent, type LateEvent, RuntimeEmitter, type RuntimeEvents, shield } from './events.js'
import { mapOutcomes } from './map-outcomes.js'
import {
  type ResolvedOptions,
  resolveOptions,
  resolveThreads,
  type TaskRuntimeOptions,
  type ThreadsOption,
} from './options.js'
import type { TaskOutcome } from './outcome.js'
import {
  type CallSnapshot,
  type CloseReport,
  type RuntimeSnapshot,
  type RuntimeStats,
  snapshotOf,
  statsOf,
} from './runtime-report.js'
import { Call, type KnownUser } from './scheduling/call.js'
import { Directory } from './scheduling/directory.js'
import { Scheduler, type SchedulerListener } from './scheduling/scheduler.js'
import { outcomeOf } from './settled-outcome.js'
import { SignalFollowers } from './signal-followers.js'
import { TaskHandle } from './task-handle.js'
import { type ConnectionNeed, checkReference, type TaskReference } from './task-module.js'

/** What follows the task reference: parameters may be left out where the task takes none. */
export type StartArguments<P, Options> = undefined extends P
  ? [parameters?: P, options?: Options]
  : [parameters: P, options?: Options]

/**
 * Runs background tasks on worker threads of this process.
 *
 * @example
 * await using runtime = new TaskRuntime({ threads: { min: 1, max: 4 }, timeout: 30_000 })
 * const outcome = await runtime.startNew(tasks.CountWords, { file: 'war-and-peace.txt' }).completion
 */
export class TaskRuntime implements AsyncDisposable {
  readonly #options: ResolvedOptions
  readonly #events = new RuntimeEmitter()
  readonly #directory = new Directory()
  readonly #scheduler: Scheduler
  readonly #ambientUser = new AsyncLocalStorage<KnownUser>()
  readonly #cancel = (call: Call, reason: unknown): boolean => this.#scheduler.cancel(call, reason)
  readonly #followers = new SignalFollowers<Call>(this.#cancel)
  #lastId = 0
  #closing: Promise<CloseReport> | undefined

  /** @throws InvalidOptionError */
  constructor(options?: TaskRuntimeOptions) {
    this.#options = resolveOptions(options)
    this.#scheduler = new Scheduler(this.#options, tell(this.#events))
  }

  /**
   * Starts a task that takes no user connection. Returns at once; the parameters are encoded now, so later changes to
   * them are not seen.
   *
   * @throws ParameterSerializationError, QueueFullError, RuntimeClosedError, StuckThreadsError, InvalidOptionError,
   * InvalidTaskReferenceError: the call is refused and never runs
   */
  startNew<P, R>(
    task: TaskReference<P, R, 'no user connection'>,
    ...[parameters, options]: StartArguments<NoInfer<P>, CallOptions>
  ): TaskHandle<R> {
    return this.#start<R>(task, ConnectionUse.none, parameters, options)
  }

  /**
   * Starts a task that implements `UserConnectionRequired`, for `options.user` or else the user of `runAs`.
   *
   * @throws UserRequiredError without a user; otherwise as `startNew`
   */
  startNewWithUserConnection<P, R>(
    task: TaskReference<P, R, 'user connection'>,
    ...[parameters, options]: StartArguments<NoInfer<P>, CallOptions>
  ): TaskHandle<R> {
    return this.#start<R>(task, ConnectionUse.required, parameters, options)
  }

  /**
   * Runs the callback, and everything asynchronous that it starts, on behalf of a user: calls without an own `user` act
   * for this one.
   *
   * @throws ParameterSerializationError if the user is not plain data
   */
  runAs<T>(user: User, callback: () => T): T {
    if (checkUser(user) === undefined) throw new InvalidOptionError('user', user, 'an object with a string id')
    return this.#ambientUser.run(this.#know(user), callback)
  }

  /**
   * Runs the task once for each item, lazily: items are taken as threads come free, so an iterable may be longer than
   * memory, or endless. Stops taking items, and cancels what is under way, when the consumer stops.
   *
   * A task that requires a user connection gets one, for `options.user` or else the user of `runAs`. Outcomes
   * of the calls before an item that cannot be encoded still come, then `ParameterSerializationError` is thrown.
   *
   * @returns the outcomes, in the order of the items unless `ordered` is false
   */
  map<P, R>(
    task: TaskReference<P, R, ConnectionNeed>,
    items: Iterable<NoInfer<P>> | AsyncIterable<NoInfer<P>>,
    options?: MapOptions<NoInfer<P>>,
  ): AsyncGenerator<TaskOutcome<R>, void, undefined> {
    const { call, nameOf, concurrency, ordered } = resolveMapOptions(options)
    checkReference(task)
    const start = (parameters: P, index: number): TaskHandle<R> | undefined => {
      try {
        const name = nameOf(parameters, index)
        return this.#start<R>(task, ConnectionUse.asTheClassSays, parameters, { ...call, name })
      } catch (error) {
        // Room will come, unless the item alone is too much.
        if (error instanceof QueueFullError && this.#scheduler.queue.size > 0) return undefined
        throw error
      }
    }
    const { limit } = this.#options.queue
    const atOnce = concurrency ?? Math.ceil(Math.min(this.#scheduler.threads.max * MAP_CALLS_PER_THREAD, limit / 2))
    const room = (): Promise<void> => this.#events.once('queueDrained')
    return mapOutcomes(items, { start, room, atOnce, ordered, signal: call.signal })
  }

  /** Grows or shrinks a busy runtime; no call is lost or stopped. `OFFMAIN_THREADS` is not looked at. @throws InvalidOptionError */
  resize(threads: number | ThreadsOption): void {
    this.#scheduler.resize(resolveThreads(threads, {}, this.#scheduler.threads))
  }

  /** Counts, and how well the threads are used: what is needed to size the pool. */
  stats(): RuntimeStats {
    return statsOf(this.#scheduler)
  }

  /** Every call that runs or waits, now. */
  snapshot(): RuntimeSnapshot {
    return snapshotOf(this.#scheduler)
  }

  /**
   * Refuses new calls, waits for the pending ones, then closes user connections and ends all threads. Pending calls that
   * have not settled by `timeout` are canceled. Always settles; a second call returns the same promise.
   */
  close(options?: CloseOptions): Promise<CloseReport> {
    this.#closing ??= this.#close(resolveCloseOptions(options))
    return this.#closing
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  on<Name extends keyof RuntimeEvents>(name: Name, listener: (...args: RuntimeEvents[Name]) => void): this {
    this.#events.on(name, listener)
    return this
  }

  off<Name extends keyof RuntimeEvents>(name: Name, listener: (...args: RuntimeEvents[Name]) => void): this {
    this.#events.off(name, listener)
    return this
  }

  #start<R>(
    task: unknown,
    connection: ConnectionUse,
    parameters: unknown,
    options: CallOptions | undefined,
  ): TaskHandle<R> {
    const { url, exportName } = checkReference(task)
    const { user, timeout, priority, signal, name } = resolveCallOptions(options)
    const known = user === undefined ? this.#ambientUser.getStore() : this.#know(user)
    if (connection === ConnectionUse.required && known === undefined) throw new UserRequiredError(name ?? exportName)
    this.#scheduler.admit(0)
    const { bytes, attachments } = this.#encode(parameters)
    // Shared memory is there once, however many calls name it.
    const moved = attachments?.filter((attachment) => attachment instanceof ArrayBuffer) ?? []
    const size = moved.reduce((sum, { byteLength }) => sum + byteLength, bytes.length)
    this.#scheduler.admit(size)

    const call = new Call(
      ++this.#lastId,
      this.#directory.task(url, exportName),
      name ?? exportName,
      bytes,
      attachments?.map(take),
      size,
      known,
      connection,
      priority,
      timeout,
      now(),
    )
    this.#scheduler.submit(call)
    if (signal !== undefined) call.whenSettled(this.#followers.follow(signal, call))
    return new TaskHandle<R>(call, this.#cancel)
  }

  #know(user: User): KnownUser {
    return this.#directory.user(this.#encode(user).bytes)
  }

  #encode(value: unknown): Encoded {
    try {
      return encode(value, this.#options.maxPayload)
    } catch (error) {
      if (!(error instanceof NotSerializableError)) throw error
      throw new ParameterSerializationError(error.path, error.found, error.hint, { cause: error.cause })
    }
  }

  async #close({ timeout }: { timeout: number }): Promise<CloseReport> {
    const left = await this.#scheduler.close(timeout)
    return {
      canceled: left.filter((call) => call.settlement?.status === 'canceled').length,
      left: left.map(
        (call): CallSnapshot => ({ id: call.id, task: call.name, status: call.settlement?.status ?? 'queued' }),
      ),
      stuckThreads: this.#scheduler.stuckCalls.size,
    }
  }
}

/** Turns what the scheduler tells into events, making each only where somebody listens. */
function tell(events: RuntimeEmitter): SchedulerListener {
  const warned = new Set<string>()
  const warnOnce = ({ id, task, error }: LateEvent & { readonly error: Error }): void => {
    if (warned.has(task) || warned.size >= MOST_WARNINGS) return
    warned.add(task)
    process.emitWarning(
      `offmain: ${task} (call ${id}) failed after its end: ${error.message}. Listen to 'lateFailure' to hear of all`,
    )
  }
  const callEvent = (call: Call, threadId = call.settlement?.threadId): CallEvent => ({
    id: call.id,
    task: call.name,
    user: call.user === undefined ? undefined : (decode(call.user.encoded) as User),
    threadId,
  })
  return {
    queued: (call) => {
      if (events.hears('taskQueued')) events.emit('taskQueued', callEvent(call))
    },
    started: (call, threadId) => {
      if (events.hears('taskStarted')) events.emit('taskStarted', callEvent(call, threadId))
    },
    progressed: (call, value) => {
      for (const listener of call.progressListeners ?? []) listener(value)
      if (events.hears('taskProgress')) {
        shield('a progress value', () =>
          events.emit('taskProgress', { ...callEvent(call, call.lane?.thread.id), value: decode(value) }),
        )
      }
    },
    settled: (call) => {
      if (events.hears('taskSettled') && call.settlement !== undefined) {
        events.emit('taskSettled', outcomeOf(call, call.settlement))
      }
    },
    threadStarted: (threadId, startup) => events.emit('threadStarted', { threadId, startup }),
    threadStopped: (threadId, exitCode, reason) => events.emit('threadStopped', { threadId, exitCode, reason }),
    threadStartFailed: (error, retryIn) => events.emit('threadStartFailed', { error, retryIn }),
    threadStuck: (threadId, call) => {
      events.emit('threadStuck', { threadId, call: call === undefined ? undefined : callEvent(call, threadId) })
    },
    queueFull: (calls, bytes) => events.emit('queueFull', { calls, bytes }),
    queueDrained: (calls, bytes) => events.emit('queueDrained', { calls, bytes }),
    failedLate: ({ callId, task, error }, threadId) => {
      shield('a late failure', () => {
        const failure = { id: callId, task, threadId, error: reviveError(error) }
        if (events.hears('lateFailure')) events.emit('lateFailure', failure)
        else warnOnce(failure)
      })
    },
    leftBehind: ({ callId, task, resources }, threadId) => {
      events.emit('leftover', { id: callId, task, threadId, resources })
    },
  }
}

/** Moves a buffer out of the caller's hands without copying it; what is shared stays shared. */
function take(buffer: ArrayBuffer | SharedArrayBuffer): ArrayBuffer | SharedArrayBuffer {
  return buffer instanceof SharedArrayBuffer ? buffer : structuredClone(buffer, { transfer: [buffer] })
}

/** Of late failures that nobody listens to: one a task, and no more than these. */
const MOST_WARNINGS = 20
/** How many calls `map` has under way for each thread: enough to fill batches, few enough to hold in memory. */
const MAP_CALLS_PER_THREAD = 256
