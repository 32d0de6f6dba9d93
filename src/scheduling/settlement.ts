import type { PhaseName } from '../contract/control-block.js'
import type { Report } from '../contract/outbox.js'
import type { StackFrame, StoppedBy } from '../errors.js'
import type { Suspension } from './suspension.js'

/** Who served the call, and when, in ms on the shared clock; 0 where that point was never reached. */
export interface Stamps {
  /** `undefined` when no thread took the call. */
  readonly threadId: number | undefined
  readonly claimedAt: number
  readonly runAt: number
  readonly endAt: number
}

/** How a call ended, as the scheduler knows it: bytes and clocks. The handle makes the public outcome of it. */
export type Settlement = Stamps &
  (
    | { readonly status: 'completed'; readonly report: Report }
    | { readonly status: 'failed'; readonly report: Report; readonly suspension?: undefined }
    | { readonly status: 'failed'; readonly suspension: Suspension }
    | {
        readonly status: 'timed-out'
        readonly phase: PhaseName
        readonly limitMs: number
        readonly stoppedBy: StoppedBy
        readonly stuckAt: readonly StackFrame[] | undefined
      }
    | {
        readonly status: 'canceled'
        readonly reason: unknown
        readonly stoppedBy: StoppedBy | undefined
        readonly stuckAt: readonly StackFrame[] | undefined
      }
    | { readonly status: 'crashed'; readonly phase: PhaseName; readonly cause: Error }
  )

/** Why a call is being stopped. */
export type StopRequest =
  | { readonly kind: 'timeout'; readonly limitMs: number }
  | { readonly kind: 'cancel'; readonly reason: unknown }

export function stoppedSettlement(
  request: StopRequest,
  stamps: Stamps,
  phase: PhaseName,
  stoppedBy: StoppedBy,
  stuckAt?: readonly StackFrame[],
): Settlement {
  return request.kind === 'timeout'
    ? { ...stamps, status: 'timed-out', phase, limitMs: request.limitMs, stoppedBy, stuckAt }
    : { ...stamps, status: 'canceled', reason: request.reason, stoppedBy, stuckAt }
}

/** Of a call that was canceled before a thread took it. */
export function canceledInQueue(reason: unknown, endAt: number): Settlement {
  return { ...unstarted(endAt), status: 'canceled', reason, stoppedBy: undefined, stuckAt: undefined }
}

/** Of a call that no thread took. */
export function unstarted(endAt: number): Stamps {
  return { threadId: undefined, claimedAt: 0, runAt: 0, endAt }
}
