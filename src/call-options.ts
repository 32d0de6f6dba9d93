import { limit, record, whole } from './check-option.js'
import type { User } from './contract/task.js'
import { InvalidOptionError } from './errors.js'

/** The options of one call. */
export interface CallOptions {
  /** Who the call acts for. @default the user of the enclosing `runAs`, if any */
  readonly user?: User | undefined
  /**
   * The longest the call may run, ms. The clock starts when the task's constructor is called on the thread.
   * @default the class's static `timeout`, or else the runtime's `timeout`
   */
  readonly timeout?: number | undefined
  /** Calls of higher priority start first; any finite number. @default 0 */
  readonly priority?: number | undefined
  /** Cancels the call when it is aborted. @default none */
  readonly signal?: AbortSignal | undefined
  /** What the call is called in outcomes, errors and events. @default the task's export name */
  readonly name?: string | undefined
}

/** The options of `map`: those of its calls, and some of its own. */
export interface MapOptions<in P = unknown> extends Omit<CallOptions, 'name' | 'signal'> {
  /**
   * What the calls are called; a function names each by its item, so that unordered outcomes can be told apart.
   * @default the task's export name
   */
  readonly name?: string | ((item: P, index: number) => string) | undefined
  /** Stops the taking of items and cancels the calls under way; their outcomes still come. @default none */
  readonly signal?: AbortSignal | undefined
  /** How many calls are under way at most. @default 256 for each of `threads.max`, within `queue.limit` */
  readonly concurrency?: number | undefined
  /** False: outcomes come as the calls end. @default true */
  readonly ordered?: boolean | undefined
}

export interface CloseOptions {
  /** How long to wait for pending calls before they are canceled, ms. @default 60_000 */
  readonly timeout?: number | undefined
}

export interface ResolvedCallOptions {
  readonly user: User | undefined
  readonly timeout: number | undefined
  readonly priority: number
  readonly signal: AbortSignal | undefined
  readonly name: string | undefined
}

/** @throws InvalidOptionError */
export function resolveCallOptions(options: CallOptions | undefined): ResolvedCallOptions {
  if (options === undefined) return NONE
  const given = record('options', options, CALL_KEYS)
  const { user, timeout, priority, signal, name } = given
  return {
    user: checkUser(user),
    timeout: timeout === undefined ? undefined : limit('timeout', timeout, 0),
    priority: checkPriority(priority),
    signal: checkSignal(signal),
    name: checkName(name),
  }
}

export interface ResolvedMapOptions<in P> {
  readonly call: CallOptions
  readonly nameOf: (item: P, index: number) => string | undefined
  readonly concurrency: number | undefined
  readonly ordered: boolean
}

/** @throws InvalidOptionError */
export function resolveMapOptions<P>(options: MapOptions<P> = {}): ResolvedMapOptions<P> {
  const { concurrency, ordered, name, ...call } = record('options', options, [...CALL_KEYS, 'concurrency', 'ordered'])
  if (ordered !== undefined && typeof ordered !== 'boolean') {
    throw new InvalidOptionError('ordered', ordered, 'true or false')
  }
  resolveCallOptions(call as CallOptions)
  const fixedName = typeof name === 'function' ? undefined : checkName(name)
  return {
    call: call as CallOptions,
    nameOf: typeof name === 'function' ? (name as (item: P, index: number) => string) : () => fixedName,
    concurrency: concurrency === undefined ? undefined : whole('concurrency', concurrency, 1, 1, 1_000_000),
    ordered: ordered ?? true,
  }
}

/** @throws InvalidOptionError */
export function resolveCloseOptions(options: CloseOptions | undefined): { readonly timeout: number } {
  const { timeout } = record('options', options, ['timeout'])
  if (timeout === 0) return { timeout }
  return { timeout: limit('timeout', timeout, DEFAULT_CLOSE_MS) }
}

/** Whoever names a user must say its id. @throws InvalidOptionError */
export function checkUser(user: unknown): User | undefined {
  if (user === undefined) return undefined
  if (typeof user !== 'object' || user === null) {
    throw new InvalidOptionError('user', user, "an object with a string id, such as { id: 'u-17', name: 'Ada' }")
  }
  const { id } = user as Partial<User>
  if (typeof id !== 'string') throw new InvalidOptionError('user.id', id, 'a string')
  return user as User
}

function checkPriority(priority: unknown): number {
  if (priority === undefined) return 0
  if (typeof priority === 'number' && Number.isFinite(priority)) return priority
  throw new InvalidOptionError('priority', priority, 'a finite number; higher starts first')
}

function checkSignal(signal: unknown): AbortSignal | undefined {
  if (signal === undefined || signal instanceof AbortSignal) return signal
  throw new InvalidOptionError('signal', signal, 'an AbortSignal')
}

function checkName(name: unknown): string | undefined {
  if (name === undefined || (typeof name === 'string' && name !== '')) return name
  throw new InvalidOptionError('name', name, 'a string that is not empty')
}

const CALL_KEYS = ['user', 'timeout', 'priority', 'signal', 'name'] as const
const NONE: ResolvedCallOptions = Object.freeze({
  user: undefined,
  timeout: undefined,
  priority: 0,
  signal: undefined,
  name: undefined,
})
const DEFAULT_CLOSE_MS = 60_000
