export { share, transfer } from './transfer.js'

/**
 * A background task: one instance is made for each call, on a worker thread, and `run` is called on it once.
 *
 * A class may carry `static readonly timeout`: the limit of its calls in ms of run time, used where the call gives none.
 *
 * @typeParam TParameters what the caller passes; plain data that MessagePack carries exactly
 * @typeParam TResult what `run` returns or resolves to; plain data as well
 */
export interface BackgroundTask<in TParameters, out TResult = void> {
  run(parameters: TParameters, context: TaskContext): TResult | PromiseLike<TResult>
}

/**
 * Implemented by a task class that acts for a user: `setUserConnection` is called exactly once, before `run`, with a
 * connection that belongs to this thread and is lent to this call alone. Do not keep it beyond `run`.
 */
export interface UserConnectionRequired<in TConnection = UserConnection> {
  setUserConnection(connection: TConnection): void
}

/** Who a call acts for: plain data, encoded with the call. Equal content means the same user. */
export interface User {
  readonly id: string
  readonly name?: string
  /** A BCP 47 language tag such as `en-GB`. */
  readonly culture?: string
  /** An IANA time zone such as `Europe/London`. */
  readonly timeZone?: string
  readonly claims?: Readonly<Record<string, unknown>>
}

/** The connection of a runtime without a `userConnections` module: the user's identity and nothing else. */
export interface UserConnection extends User {}

/** What a call can see of itself while it runs. */
export interface TaskContext {
  /** The call's id, as in its handle and its outcome. */
  readonly taskId: number
  /** The user the call acts for, or `undefined`. */
  readonly user: User | undefined
  /**
   * Aborted when the call is canceled or its limit is reached. `signal.aborted` and `signal.throwIfAborted()` are live
   * even inside a synchronous loop. A task that never looks at it is stopped without the grace period.
   */
  readonly signal: AbortSignal
  /** Reports progress to the caller's `onProgress` listeners: plain data, at most one message in 50 ms, the last one wins. */
  readonly progress: (value: unknown) => void
}

/** The thread on which a connection is opened. */
export interface ConnectionThread {
  readonly threadId: number
}

/**
 * The default export of a `userConnections` module, loaded once on each thread.
 *
 * A connection that fails in `reset` or `close`, and one whose call was stopped, crashed or left it unclean, is never
 * lent again.
 */
export interface UserConnectionModule<TConnection> {
  /** Makes a live connection for a user. Counts against `startTimeout`. */
  open(user: User, thread: ConnectionThread): TConnection | PromiseLike<TConnection>
  /** Called between two calls of the same user, before the connection is lent again. */
  reset?(connection: TConnection): void | PromiseLike<void>
  /** Called when the thread ends or another user needs the place. */
  close?(connection: TConnection): void | PromiseLike<void>
}
