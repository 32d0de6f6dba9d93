import type { ResourceLimits } from 'node:worker_threads'
import { availableCores } from './available-cores.js'
import { atLeastOne, duration, limit, record, whole } from './check-option.js'
import { InvalidOptionError } from './errors.js'
import { moduleUrl } from './module-url.js'

/** The options of a `TaskRuntime`. All have defaults; unknown ones throw. */
export interface TaskRuntimeOptions {
  /**
   * How many worker threads serve calls; a number means `min` = `max`. Threads above `min` start when calls wait and
   * stop after 30 s without work. `spare` more stand by to take over from a thread that is being stopped; they start
   * a second after the first call was served, or once one has run for 50 ms. The environment variable
   * `OFFMAIN_THREADS` (`4` or `1-8`) overrides `min` and `max`.
   * @default { min: 1, max: cores, spare: 1 }; cores respects CPU affinity and the container's quota
   */
  readonly threads?: number | ThreadsOption | undefined
  /**
   * The longest a call may run, ms; its own `timeout` and its class's come first. The clock starts when the task's
   * constructor is called on the thread: waiting, loading and connecting do not count. `Infinity` for no limit.
   * @default 60_000
   */
  readonly timeout?: number | undefined
  /**
   * How long a call that has looked at its `context.signal` may go on after it was asked to stop, ms.
   * @default 1_000
   */
  readonly grace?: number | undefined
  /**
   * The longest that loading the task's module and opening its user connection may take together, ms. The clock starts
   * when a thread takes the call. `Infinity` for no limit.
   * @default 10_000
   */
  readonly startTimeout?: number | undefined
  /**
   * How many calls may wait, and how many bytes of parameters. Beyond, `startNew` throws `QueueFullError`.
   * @default { limit: 100_000, bytes: 268_435_456 }
   */
  readonly queue?: QueueOption | undefined
  /**
   * The module that makes user connections, loaded once on each thread; its default export is a
   * `UserConnectionModule`. Without it a connection carries the user's identity alone.
   * @default none
   */
  readonly userConnections?: URL | string | undefined
  /**
   * The largest parameters and results: encoded bytes, and levels of nesting. A number means bytes.
   * @default { bytes: 67_108_864, depth: 500 }
   */
  readonly maxPayload?: number | PayloadOption | undefined
  /**
   * A task whose calls were stopped at their limit, or crashed their thread, `after` times `within` ms is suspended `for`
   * ms: its calls fail at once with `TaskSuspendedError`; then one is let through as a trial. From the first such call on,
   * until one ends well or `within` is over, its calls start one at a time while those of other tasks wait.
   * `after: Infinity` switches all this off.
   * @default { after: 5, within: 60_000, for: 30_000 }
   */
  readonly suspend?: SuspendOption | undefined
  /** How threads are made. @default {} */
  readonly thread?: ThreadOption | undefined
}

export interface ThreadsOption {
  /** @default 1 */
  readonly min?: number | undefined
  /** @default cores */
  readonly max?: number | undefined
  /** @default 1 */
  readonly spare?: number | undefined
}

export interface QueueOption {
  /** Calls. @default 100_000 */
  readonly limit?: number | undefined
  /** Bytes of encoded parameters. @default 268_435_456 (256 MiB) */
  readonly bytes?: number | undefined
}

export interface PayloadOption {
  /** @default 67_108_864 (64 MiB) */
  readonly bytes?: number | undefined
  /** At most 500, which fits both sides' stacks. @default 500 */
  readonly depth?: number | undefined
}

export interface SuspendOption {
  /** Calls. @default 5 */
  readonly after?: number | undefined
  /** ms. @default 60_000 */
  readonly within?: number | undefined
  /** ms. @default 30_000 */
  readonly for?: number | undefined
}

export interface ThreadOption {
  /**
   * V8's limits of each thread, in MB. They catch slow growth of the JavaScript heap; they count no `ArrayBuffer`, and
   * one huge allocation still aborts the process.
   */
  readonly resourceLimits?: ResourceLimits | undefined
  /** Node options of each thread. @default those of the process */
  readonly execArgv?: readonly string[] | undefined
  /** The environment of each thread. @default a copy of the process's */
  readonly env?: NodeJS.ProcessEnv | undefined
  /** A thread is replaced after this many calls; 1 gives each call a fresh one. @default Infinity */
  readonly recycleAfter?: number | undefined
  /** A thread is replaced when its used heap is above this many MB after a call. @default Infinity */
  readonly recycleAboveHeap?: number | undefined
}

/** Every option decided. */
export interface ResolvedOptions {
  readonly threads: { readonly min: number; readonly max: number; readonly spare: number }
  readonly timeout: number
  readonly grace: number
  readonly startTimeout: number
  readonly queue: { readonly limit: number; readonly bytes: number }
  readonly userConnections: string | undefined
  readonly maxPayload: { readonly bytes: number; readonly depth: number }
  readonly suspend: { readonly after: number; readonly within: number; readonly for: number }
  readonly thread: ThreadOption & { readonly recycleAfter: number; readonly recycleAboveHeap: number }
}

export const DEFAULTS: Readonly<Omit<ResolvedOptions, 'threads' | 'userConnections'>> = Object.freeze({
  timeout: 60_000,
  grace: 1_000,
  startTimeout: 10_000,
  queue: Object.freeze({ limit: 100_000, bytes: 256 * 1024 * 1024 }),
  maxPayload: Object.freeze({ bytes: 64 * 1024 * 1024, depth: 500 }),
  suspend: Object.freeze({ after: 5, within: 60_000, for: 30_000 }),
  thread: Object.freeze({ recycleAfter: Number.POSITIVE_INFINITY, recycleAboveHeap: Number.POSITIVE_INFINITY }),
})

/** @throws InvalidOptionError that names the option, what was given and what is allowed */
export function resolveOptions(
  options: TaskRuntimeOptions = {},
  environment: NodeJS.ProcessEnv = process.env,
): ResolvedOptions {
  const given = record('options', options, [
    'threads',
    'timeout',
    'grace',
    'startTimeout',
    'queue',
    'userConnections',
    'maxPayload',
    'suspend',
    'thread',
  ])
  const queue = record('queue', given.queue, ['limit', 'bytes'])
  const payload = record('maxPayload', numberAs('bytes', given.maxPayload), ['bytes', 'depth'])
  const suspend = record('suspend', given.suspend, ['after', 'within', 'for'])
  const thread = record('thread', given.thread, [
    'resourceLimits',
    'execArgv',
    'env',
    'recycleAfter',
    'recycleAboveHeap',
  ])
  return {
    threads: resolveThreads(given.threads, environment),
    timeout: limit('timeout', given.timeout, DEFAULTS.timeout),
    grace: duration('grace', given.grace, DEFAULTS.grace),
    startTimeout: limit('startTimeout', given.startTimeout, DEFAULTS.startTimeout),
    queue: {
      limit: atLeastOne('queue.limit', queue.limit, DEFAULTS.queue.limit),
      bytes: atLeastOne('queue.bytes', queue.bytes, DEFAULTS.queue.bytes),
    },
    userConnections:
      given.userConnections === undefined ? undefined : moduleUrl('userConnections', given.userConnections),
    maxPayload: {
      bytes: whole('maxPayload.bytes', payload.bytes, DEFAULTS.maxPayload.bytes, 1, 2 ** 31 - 1),
      depth: whole('maxPayload.depth', payload.depth, DEFAULTS.maxPayload.depth, 1, DEFAULTS.maxPayload.depth),
    },
    suspend: {
      after: atLeastOne('suspend.after', suspend.after, DEFAULTS.suspend.after),
      within: limit('suspend.within', suspend.within, DEFAULTS.suspend.within),
      for: duration('suspend.for', suspend.for, DEFAULTS.suspend.for),
    },
    thread: {
      resourceLimits: checkResourceLimits(thread.resourceLimits),
      execArgv: checkExecArgv(thread.execArgv),
      env: checkEnvironment(thread.env),
      recycleAfter: atLeastOne('thread.recycleAfter', thread.recycleAfter, DEFAULTS.thread.recycleAfter),
      recycleAboveHeap: atLeastOne(
        'thread.recycleAboveHeap',
        thread.recycleAboveHeap,
        DEFAULTS.thread.recycleAboveHeap,
      ),
    },
  }
}

/** `threads` alone, as `resize` takes it too; `OFFMAIN_THREADS` overrides `min` and `max`. */
export function resolveThreads(
  option: unknown,
  environment: NodeJS.ProcessEnv,
  defaults: { readonly min: number; readonly max?: number; readonly spare: number } = { min: 1, spare: 1 },
): ResolvedOptions['threads'] {
  const both = typeof option === 'number' ? whole('threads', option, 1, 1, MAX_THREADS) : undefined
  const threads = record(
    'threads',
    both === undefined ? option : { min: both, max: both },
    ['min', 'max', 'spare'],
    'a whole number from 1, or { min, max, spare }',
  )
  const spare = whole('threads.spare', threads.spare, defaults.spare, 0, MAX_THREADS)
  const override = environment.OFFMAIN_THREADS
  if (override !== undefined && override !== '') return { ...parseThreads('OFFMAIN_THREADS', override), spare }
  const chosen = whole('threads.min', threads.min, defaults.min, 1, MAX_THREADS)
  const most =
    threads.min === undefined ? (defaults.max ?? availableCores()) : Math.max(chosen, defaults.max ?? availableCores())
  const max = whole('threads.max', threads.max, most, 1, MAX_THREADS)
  const min = threads.min === undefined ? Math.min(chosen, max) : chosen
  if (min > max) throw new InvalidOptionError('threads.min', min, `at most threads.max, which is ${max}`)
  return { min, max, spare }
}

/** `4` or `1-8`. @throws InvalidOptionError */
export function parseThreads(option: string, text: string): { readonly min: number; readonly max: number } {
  const match = /^(\d+)(?:-(\d+))?$/.exec(text.trim())
  const min = Number(match?.[1])
  const max = Number(match?.[2] ?? match?.[1])
  if (match === null || min < 1 || max > MAX_THREADS || min > max) {
    throw new InvalidOptionError(
      option,
      text,
      `a number of threads such as 4, or a range such as 1-8, up to ${MAX_THREADS}`,
    )
  }
  return { min, max }
}

function checkResourceLimits(given: unknown): ResourceLimits | undefined {
  const keys = ['maxOldGenerationSizeMb', 'maxYoungGenerationSizeMb', 'codeRangeSizeMb', 'stackSizeMb'] as const
  if (given === undefined) return undefined
  const limits = record('thread.resourceLimits', given, keys)
  for (const key of keys) {
    const limit = limits[key]
    if (limit === undefined || (typeof limit === 'number' && limit > 0)) continue
    throw new InvalidOptionError(`thread.resourceLimits.${key}`, limit, 'MB, more than 0')
  }
  return limits as ResourceLimits
}

function checkExecArgv(given: unknown): readonly string[] | undefined {
  if (given === undefined) return undefined
  if (Array.isArray(given) && given.every((argument) => typeof argument === 'string')) return given
  throw new InvalidOptionError(
    'thread.execArgv',
    given,
    "an array of strings, such as ['--max-http-header-size=65536']",
  )
}

function checkEnvironment(given: unknown): NodeJS.ProcessEnv | undefined {
  if (given === undefined) return undefined
  if (typeof given === 'object' && given !== null && !Array.isArray(given)) return given as NodeJS.ProcessEnv
  throw new InvalidOptionError('thread.env', given, 'an object of strings')
}

function numberAs(key: string, given: unknown): unknown {
  return typeof given === 'number' ? { [key]: given } : given
}

/** More than any machine serves well; it catches a timeout passed as a thread count. */
const MAX_THREADS = 1024
