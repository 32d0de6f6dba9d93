import type { MessagePort } from 'node:worker_threads'
import type { PhaseName } from './control-block.js'
import type { ErrorRecord } from './error-record.js'
import type { Report } from './outbox.js'

/** What every thread gets as `workerData`. */
export interface ThreadSettings {
  readonly userConnections: string | undefined
  readonly maxPayload: { readonly bytes: number; readonly depth: number }
  readonly recycleAfter: number
  readonly recycleAboveHeapMb: number
}

/** Once a thread, through Piscina's `message` event: its channel and its shared memory. */
export interface Hello {
  readonly offmain: 'hello'
  readonly threadId: number
  readonly port: MessagePort
  readonly control: SharedArrayBuffer
  readonly outbox: SharedArrayBuffer
}

/** A batch on its way: by `piscina.run` when it opens a lane, on the channel when the lane is open. */
export interface BatchMessage {
  readonly frame: Uint8Array<ArrayBuffer>
  readonly attachments: readonly (ArrayBuffer | SharedArrayBuffer)[]
}

/** Module URLs that calls on other threads have been served from. */
export interface PreloadMessage {
  readonly preload: readonly string[]
}

/** Scheduler to thread. */
export type ToThread =
  | BatchMessage
  /** Modules to load while there is nothing to do. */
  | PreloadMessage
  /** The lane is closed: `piscina.run` may resolve. */
  | 'end'
  /** Look at the control block: the running call has been asked to stop. */
  | 'ask'
  /** Close the user connections and exit. */
  | 'retire'

/** Thread to scheduler; a number says that the batch of that number is over. */
export type FromThread =
  | number
  | { readonly type: 'report'; readonly batch: number; readonly index: number; readonly report: Report }
  | { readonly type: 'progress'; readonly callId: number; readonly value: Uint8Array }
  | LateFailureMessage
  | LeftoverMessage
  /** Reports are in the outbox, though the batch is not over. */
  | { readonly type: 'collect' }
  /** Buffers of a call that the thread does not take, on their way back. */
  | { readonly type: 'unused'; readonly attachments: readonly (ArrayBuffer | SharedArrayBuffer)[] }
  /** The thread will retire soon: a successor may be made ready. */
  | { readonly type: 'due' }
  /** The thread takes no more calls and exits once the batch is over. */
  | { readonly type: 'retiring'; readonly reason: string }

/** A failure that surfaced after its call had settled. */
export interface LateFailureMessage {
  readonly type: 'late-failure'
  readonly callId: number
  readonly task: string
  readonly error: ErrorRecord
}

/** What a call left running on the thread after it had settled. */
export interface LeftoverMessage {
  readonly type: 'leftover'
  readonly callId: number
  readonly task: string
  readonly resources: readonly string[]
}

/** Why a call failed, as its report carries it. */
export type FailureRecord =
  | { readonly kind: 'thrown'; readonly phase: PhaseName; readonly error: ErrorRecord }
  | { readonly kind: 'result'; readonly path: string; readonly found: string; readonly hint: string }
