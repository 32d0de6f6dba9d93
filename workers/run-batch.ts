import { AsyncLocalStorage } from 'node:async_hooks'
import { threadId } from 'node:worker_threads'
import { decode } from '../src/contract/codec.js'
import { toErrorRecord } from '../src/contract/error-record.js'
import { type Definitions, FrameReader } from '../src/contract/frame.js'
import type { BatchMessage, ThreadSettings } from '../src/contract/messages.js'
import type { User } from '../src/contract/task.js'
import { catchStrayFailures, guardExit } from './late-failures.js'
import { Leftovers } from './leftovers.js'
import { type LoadedTask, loadTask, preloadModules } from './load-task.js'
import { RecyclePolicy } from './recycle-policy.js'
import { rehearse } from './rehearse.js'
import { CallRun, PREPARATION, STEPS, type Surroundings } from './run-task.js'
import type { ThreadChannel } from './thread-channel.js'
import { UserConnections } from './user-connections.js'

/** Runs the calls of each batch one after the other, as far as the scheduler leaves them to this thread. */
export class BatchRunner {
  readonly #channel: ThreadChannel
  readonly #recycle: RecyclePolicy
  readonly #leftovers = new Leftovers()
  readonly #owner = new AsyncLocalStorage<CallRun>()
  readonly #connections: UserConnections
  readonly #around: Surroundings
  readonly #tasks = new Map<number, KnownTask>()
  readonly #users = new Map<number, User>()
  readonly #stray: { readonly restore: () => boolean }
  readonly #exit: (code: number) => never
  #current: CallRun | undefined
  #last: CallRun | undefined
  #retireReason: string | undefined
  #preloading: Promise<void> = Promise.resolve()
  #leaving = false

  constructor(channel: ThreadChannel, settings: ThreadSettings) {
    this.#channel = channel
    this.#recycle = new RecyclePolicy(settings, () => channel.post({ type: 'due' }))
    this.#connections = new UserConnections(settings.userConnections, threadId, (error) =>
      this.#reportLate(error, this.#last),
    )
    this.#around = {
      control: channel.control,
      connections: this.#connections,
      maxPayload: settings.maxPayload,
      owner: this.#owner,
      load: (taskKey) => this.#load(taskKey),
      postProgress: (callId, value) => channel.post({ type: 'progress', callId, value }),
    }
    this.#stray = catchStrayFailures(
      this.#owner,
      () => this.#current ?? this.#last,
      (error, run) => this.#receiveStray(error, run),
    )
    this.#exit = guardExit(this.#owner)
  }

  run(message: BatchMessage): void {
    // A task may have broken what this code stands on: then the thread cannot go on, and its exit tells.
    this.#runAll(new FrameReader(message.frame, message.attachments), message.attachments).catch(() => this.#exit(1))
  }

  /** Makes the thread fit to take over, while it has nothing else to do. */
  preload(urls: readonly string[]): void {
    this.#preloading = preloadModules(urls).then(() => this.#rehearse())
  }

  /** The running call has been asked to stop: its signal is aborted. */
  ask(): void {
    const run = this.#current
    if (run !== undefined && this.#channel.control.isAsked(run.index)) run.context?.abort()
  }

  /** The user connection is closed and the thread exits; the running call, if any, has been given up. */
  retire(reason: string): void {
    this.#retireReason ??= reason
    void this.#leave()
  }

  async #runAll(frame: FrameReader, attachments: BatchMessage['attachments']): Promise<void> {
    const { control, outbox } = this.#channel
    outbox.rewind()
    if (frame.definitions !== undefined) this.#learn(frame.definitions)
    this.#leftovers.accept()
    for (let index = 0; index < frame.count && this.#retireReason === undefined; index++) {
      if (!control.claim(index)) break
      const call = frame.read(index)
      const run = new CallRun(
        call,
        this.#tasks.get(call.taskKey)?.exportName ?? '',
        index,
        this.#users.get(call.userKey),
      )
      this.#current = run
      this.#recycle.beforeCall()
      try {
        for (const step of STEPS) {
          const pending = step(run, this.#around)
          if (pending !== undefined) {
            await pending
            if (PREPARATION.has(step)) this.#leftovers.accept()
          }
          if (run.failure !== undefined) break
        }
      } catch (error) {
        run.fail(error)
      }
      run.ended = true
      if (control.isAsked(index)) this.#connections.spoil()
      run.context?.end()
      this.#last = run
      this.#current = undefined
      if (!this.#settle(run, frame.batch)) return
      this.#retireReason ??= this.#recycle.afterCall()
      if (this.#stray.restore()) this.#retireReason ??= `call ${run.call.id} of ${run.taskName} removed its listeners`
      if (this.#leftovers.suspected) await this.#inspectLeftovers(run)
    }
    if (control.next === 0 && attachments.some((attachment) => attachment instanceof ArrayBuffer))
      this.#channel.postUnused(attachments)
    if (this.#retireReason !== undefined) this.#channel.post({ type: 'retiring', reason: this.#retireReason })
    this.#channel.post(frame.batch)
    if (this.#retireReason !== undefined) await this.#leave()
  }

  /** False: the call was stopped meanwhile; the thread does nothing more for this batch. */
  #settle(run: CallRun, batch: number): boolean {
    const { control, outbox } = this.#channel
    const report = run.report(control)
    if (!outbox.write(run.index, report)) this.#channel.postReport(batch, run.index, report)
    return control.end(run.index)
  }

  /** A thread on which a call left something running serves no other user. */
  async #inspectLeftovers(run: CallRun): Promise<void> {
    this.#channel.post({ type: 'collect' })
    const resources = await this.#leftovers.confirm()
    if (resources.length === 0) return
    this.#retireReason ??= `call ${run.call.id} of ${run.taskName} left ${resources.join(', ')} running`
    this.#channel.post({ type: 'leftover', callId: run.call.id, task: run.taskName, resources })
  }

  #load(taskKey: number): LoadedTask | Promise<LoadedTask> {
    const known = this.#tasks.get(taskKey)
    if (known === undefined) throw new Error(`offmain: task ${taskKey} was never defined on this thread`)
    if (known.loaded !== undefined) return known.loaded
    return loadTask(known.url, known.exportName).then((loaded) => {
      known.loaded = loaded
      return loaded
    })
  }

  #learn(definitions: Definitions): void {
    for (const [key, url, exportName] of definitions.tasks) this.#tasks.set(key, { url, exportName, loaded: undefined })
    if (definitions.forgetUsers) this.#users.clear()
    for (const [key, user] of definitions.users) this.#users.set(key, deepFreeze(decode(user) as User))
  }

  #rehearse(): void {
    if (this.#current !== undefined || this.#last !== undefined) return
    try {
      rehearse(this.#around)
    } catch {
      // A module may have broken what this stands on. The first call will tell.
    }
  }

  /** A failure of the running call ends it; one of an earlier call is late. Either way the thread is not clean. */
  #receiveStray(error: unknown, run: CallRun | undefined): void {
    this.#retireReason ??= 'a failure surfaced outside of its call'
    if (run === undefined || run.ended) this.#reportLate(error, run)
    else if (run.reject !== undefined) run.reject(error)
    else run.fail(error)
    // Between batches nobody else would see it through.
    if (this.#current === undefined) {
      this.#channel.post({ type: 'retiring', reason: this.#retireReason })
      void this.#leave()
    }
  }

  #reportLate(error: unknown, run: CallRun | undefined): void {
    const record = toErrorRecord(error)
    this.#channel.post({ type: 'late-failure', callId: run?.call.id ?? 0, task: run?.taskName ?? '', error: record })
  }

  async #leave(): Promise<void> {
    if (this.#leaving) return
    this.#leaving = true
    // Node leaves open what a thread that exits is just reading.
    await Promise.all([this.#connections.close(), this.#preloading])
    this.#exit(0)
  }
}

interface KnownTask {
  readonly url: string
  readonly exportName: string
  loaded: LoadedTask | undefined
}

/** All calls of a user share one object. */
function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !ArrayBuffer.isView(value)) {
    Object.freeze(value)
    for (const inner of Object.values(value)) deepFreeze(inner)
  }
  return value
}
