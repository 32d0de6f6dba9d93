import type { BackgroundTask, TaskContext, UserConnectionRequired } from '../contract/task.js'
import { Durations } from './tune-durations.js'
import { TuneFailure } from './tune-failure.js'
import type { InlineFigures, TuneTarget } from './tune-figures.js'
import { InlineConnection } from './tune-inline-connection.js'
import { tryOnce } from './tune-starter.js'

/**
 * Runs the class on this process's main thread, as a program without threads would: a new instance for each call, its
 * user connection, `run`. First a thread shows that it ends.
 *
 * @throws TuneFailure when it fails
 */
export async function measureInline(target: TuneTarget, { seconds }: { seconds: number }): Promise<InlineFigures> {
  await tryOnce(target)
  const create = await loadClass(target.task)
  const needsConnection = typeof create.prototype.setUserConnection === 'function'
  const connection = needsConnection ? await InlineConnection.open(target) : undefined
  const durations = new Durations()
  const inline = new InlineCalls(target, create, connection)
  await inline.repeat(durations, seconds * WARM_UP, 1)
  durations.reset()
  const begun = performance.eventLoopUtilization()
  await inline.repeat(durations, seconds, LEAST_CALLS)
  const { utilization } = performance.eventLoopUtilization(begun)
  await connection?.close()
  return {
    calls: durations.count,
    p50: durations.percentile(50),
    p99: durations.percentile(99),
    mean: durations.mean,
    busy: utilization,
    needsConnection,
  }
}

class InlineCalls {
  readonly #target: TuneTarget
  readonly #create: TaskClass
  readonly #connection: InlineConnection | undefined
  readonly #signal = new AbortController().signal
  #calls = 0

  constructor(target: TuneTarget, create: TaskClass, connection: InlineConnection | undefined) {
    this.#target = target
    this.#create = create
    this.#connection = connection
  }

  /** For so long, and a little longer if the calls are few. */
  async repeat(durations: Durations, seconds: number, least: number): Promise<void> {
    const start = performance.now()
    const isOver = (now: number): boolean => {
      const elapsed = (now - start) / 1_000
      return elapsed >= seconds && (durations.count >= least || elapsed >= seconds * LONGEST)
    }
    let begun = start
    do {
      begun = performance.now()
      try {
        if (this.#connection?.needsReset === true) await this.#connection.reset()
        const returned = this.#run()
        // Whoever awaits what is there already pays for a turn of the microtask queue.
        if (isThenable(returned)) await returned
      } catch (error) {
        throw new TuneFailure(`${this.#target.task.exportName} failed on the main thread: ${describe(error)}`)
      }
      durations.add(performance.now() - begun)
    } while (!isOver(performance.now()))
  }

  #run(): unknown {
    const { parameters, user } = this.#target
    const taskId = ++this.#calls
    const context: TaskContext = { taskId, user, signal: this.#signal, progress: () => {} }
    const task = new this.#create()
    if (this.#connection !== undefined) task.setUserConnection?.(this.#connection.value)
    return task.run(parameters[taskId % parameters.length], context)
  }
}

type TaskClass = new () => BackgroundTask<unknown, unknown> & Partial<UserConnectionRequired<unknown>>

/** A thread has loaded it before, so that it is there. */
async function loadClass({ url, exportName }: TuneTarget['task']): Promise<TaskClass> {
  const module = (await import(url)) as Record<string, unknown>
  const byDefault = module.default as Record<string, unknown> | undefined
  return (module[exportName] ?? byDefault?.[exportName]) as TaskClass
}

function isThenable(value: unknown): boolean {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function'
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error)
}

/** As a part of the time that is measured. */
const WARM_UP = 0.25
const LEAST_CALLS = 5
const LONGEST = 5
