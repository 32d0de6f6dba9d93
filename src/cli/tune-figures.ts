import type { User } from '../contract/task.js'

/** What is measured. */
export interface TuneTarget {
  readonly task: { readonly url: string; readonly exportName: string }
  /** Taken by turns; at least one. */
  readonly parameters: readonly unknown[]
  readonly user: User | undefined
  readonly userConnections: string | undefined
}

/** The class run without threads. Times in ms. */
export interface InlineFigures {
  readonly calls: number
  readonly p50: number
  readonly p99: number
  readonly mean: number
  /** The part of its time in which it kept the thread busy, 0 to 1; the rest it waited. */
  readonly busy: number
  readonly needsConnection: boolean
}

/** One call at a time through one thread. Times in ms. */
export interface LatencyFigures {
  readonly calls: number
  /** From before the start of the call until whoever awaits it goes on. */
  readonly p50: number
  readonly p99: number
  /** The median of the part of it in which the task did not run: both threads' encoding, waking and decoding. */
  readonly outside: number
}

/** A pool of one size kept busy. Times in ms, memory in bytes. */
export interface PoolFigures {
  readonly threads: number
  readonly inFlightPerThread: number
  /** Settled while it was measured. */
  readonly calls: number
  /** Of those, not completed. */
  readonly failed: number
  /** Why the first of them was not. */
  readonly failure: string | undefined
  /** Completed calls per second. */
  readonly throughput: number
  /** From the start of a call until it settled, with the others in flight. */
  readonly latency: { readonly p50: number; readonly p99: number }
  /** How late the main thread's event loop was, p99. */
  readonly mainThreadDelay: number
  readonly mainThreadPerCall: number
  readonly memoryPerThread: number
}

export interface PoolLoad {
  readonly threads: number
  readonly inFlightPerThread: number
  readonly needsConnection: boolean
}

/** What a probe process is asked, by what it measures. */
export interface ProbeJobs {
  readonly inline: { readonly seconds: number }
  readonly latency: { readonly seconds: number; readonly needsConnection: boolean }
  readonly pool: PoolLoad & { readonly seconds: number }
}

export interface ProbeFigures {
  readonly inline: InlineFigures
  readonly latency: LatencyFigures
  readonly pool: PoolFigures
}
