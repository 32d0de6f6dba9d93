import { decode } from './contract/codec.js'
import type { User } from './contract/task.js'
import type { OutcomeStatus, TaskStatus } from './outcome.js'
import type { Call } from './scheduling/call.js'
import type { Scheduler } from './scheduling/scheduler.js'
import type { Percentiles } from './scheduling/statistics.js'

/** What `runtime.stats()` gives. Times in ms, since the runtime was made. */
export interface RuntimeStats {
  /** Settled calls by status. */
  readonly settled: Readonly<Record<OutcomeStatus, number>>
  /** Calls that have not settled: waiting and running. */
  readonly pending: number
  readonly queue: { readonly calls: number /** of encoded parameters */; readonly bytes: number }
  readonly threads: {
    readonly min: number
    readonly max: number
    /** Ready for calls or serving one; spare ones included. */
    readonly live: number
    readonly busy: number
    readonly starting: number
  }
  /** Threads in native code that could not be stopped. */
  readonly stuckThreads: number
  /** From the start of a call until a thread took it. */
  readonly wait: Percentiles
  /** Run time, as the limit counts it. */
  readonly run: Percentiles
  /** The part of `threads.max` threads' time that calls took, 0 to 1. */
  readonly utilization: number
  readonly meanBatchSize: number
}

export interface CallSnapshot {
  readonly id: number
  readonly task: string
  readonly status: TaskStatus
}

export interface PendingCall extends CallSnapshot {
  readonly user: User | undefined
  readonly priority: number
  readonly threadId: number | undefined
}

/** What `runtime.snapshot()` gives. */
export interface RuntimeSnapshot {
  readonly running: readonly PendingCall[]
  readonly queued: readonly PendingCall[]
  /** Calls that sit on a thread which could not be stopped. They have settled. */
  readonly stuck: readonly PendingCall[]
}

/** What `close` could not bring to its end. */
export interface CloseReport {
  /** Calls that had not settled by the timeout and were canceled. */
  readonly canceled: number
  /** Those calls, with how they ended. */
  readonly left: readonly CallSnapshot[]
  /** Threads that sit in native code and may hold up the end of the process. */
  readonly stuckThreads: number
}

export function statsOf(scheduler: Scheduler): RuntimeStats {
  const { statistics, queue, threads } = scheduler
  const lanes = [...scheduler.lanes].filter((lane) => !lane.isLeaving)
  return {
    settled: statistics.counts,
    pending: scheduler.pending,
    queue: { calls: queue.size, bytes: queue.bytes },
    threads: {
      min: threads.min,
      max: threads.max,
      live: lanes.length,
      busy: lanes.filter((lane) => !lane.isFree).length,
      starting: scheduler.startingThreads,
    },
    stuckThreads: scheduler.stuckCalls.size,
    wait: statistics.wait,
    run: statistics.run,
    utilization: statistics.utilization(threads.max),
    meanBatchSize: statistics.meanBatchSize,
  }
}

export function snapshotOf(scheduler: Scheduler): RuntimeSnapshot {
  const running: PendingCall[] = []
  const queued: PendingCall[] = []
  for (const lane of scheduler.lanes) {
    const current = lane.runningCall
    for (const call of lane.calls) {
      if (call === current) running.push(pendingCall(call, 'running', lane.thread.id))
      else queued.push(pendingCall(call, 'queued', undefined))
    }
  }
  for (const call of scheduler.queue) queued.push(pendingCall(call, 'queued', undefined))
  const stuck: PendingCall[] = []
  for (const [lane, call] of scheduler.stuckCalls) {
    if (call !== undefined) stuck.push(pendingCall(call, call.settlement?.status ?? 'running', lane.thread.id))
  }
  return { running, queued, stuck }
}

function pendingCall(call: Call, status: TaskStatus, threadId: number | undefined): PendingCall {
  const user = call.user === undefined ? undefined : (decode(call.user.encoded) as User)
  return { id: call.id, task: call.name, status, user, priority: call.priority, threadId }
}
