import type { ConnectionUse, FrameCall } from '../contract/frame.js'
import { warn } from '../events.js'
import type { RunTimeEstimate } from './batch-size.js'
import type { Lane } from './lane.js'
import type { Settlement, StopRequest } from './settlement.js'
import type { UserLine } from './task-queue.js'

/** A task as the scheduler knows it: where it is and how long it usually runs. */
export interface KnownTask {
  readonly key: number
  readonly url: string
  readonly exportName: string
  readonly runTime: RunTimeEstimate
}

/** A user as the scheduler knows it: equal content, equal key; key 0 is nobody. */
export interface KnownUser {
  readonly key: number
  readonly encoded: Uint8Array
}

/** One start of a task, from `startNew` until it has settled. */
export class Call implements FrameCall {
  /** Its line in the queue, and its neighbours there; `undefined` when it does not wait. */
  line: UserLine | undefined
  before: Call | undefined
  after: Call | undefined
  /** The lane that serves it, and its place in the batch. */
  lane: Lane | undefined
  index = 0
  settlement: Settlement | undefined
  /** Why it is being stopped; the first reason stays. */
  stopRequest: StopRequest | undefined
  /** Added to its limit, ms: all its time until a debugger let go of its thread, so that its clock starts anew. */
  restedMs = 0
  /** `taskStarted` has been told. */
  isAnnounced = false
  progressListeners: Set<(value: Uint8Array) => void> | undefined
  #listeners: SettlementListener | SettlementListener[] | undefined

  constructor(
    readonly id: number,
    readonly task: KnownTask,
    readonly name: string,
    readonly parameters: Uint8Array,
    public attachments: readonly (ArrayBuffer | SharedArrayBuffer)[] | undefined,
    /** Bytes of its parameters, those attached included. */
    readonly size: number,
    readonly user: KnownUser | undefined,
    readonly connection: ConnectionUse,
    readonly priority: number,
    /** ms of run time; `undefined`: its class's, or else the runtime's. */
    readonly timeoutMs: number | undefined,
    /** ms on the shared clock. */
    readonly createdAt: number,
  ) {}

  /** Buffers leave the main thread with it: it travels alone, and cannot be sent twice. Shared memory can. */
  get movesBuffers(): boolean {
    return this.attachments?.some((attachment) => attachment instanceof ArrayBuffer) ?? false
  }

  get taskKey(): number {
    return this.task.key
  }

  get userKey(): number {
    return this.user?.key ?? 0
  }

  /** Decides the call; false if it was decided before, and nothing changes. */
  settle(settlement: Settlement): boolean {
    if (this.settlement !== undefined) return false
    this.settlement = settlement
    const listeners = this.#listeners
    this.#listeners = undefined
    if (typeof listeners === 'function') tell(listeners, settlement)
    else if (listeners !== undefined) for (const listener of listeners) tell(listener, settlement)
    return true
  }

  /** Calls the listener once, at once if the call has settled. */
  whenSettled(listener: SettlementListener): void {
    if (this.settlement !== undefined) listener(this.settlement)
    else if (this.#listeners === undefined) this.#listeners = listener
    else if (typeof this.#listeners === 'function') this.#listeners = [this.#listeners, listener]
    else this.#listeners.push(listener)
  }
}

/** Whatever one of them meets, the others hear of it, and the scheduler goes on. */
function tell(listener: SettlementListener, settlement: Settlement): void {
  try {
    listener(settlement)
  } catch (error) {
    warn('what was to be told of an outcome', error)
  }
}

export type SettlementListener = (settlement: Settlement) => void
