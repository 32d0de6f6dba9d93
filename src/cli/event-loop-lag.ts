import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks'
import { rounded } from './format-quantity.js'

/** How late this thread's event loop was, ms, beyond the interval at which it was sampled. */
export interface EventLoopLag {
  /** The sampling interval; it has been taken off the values below. */
  readonly resolution: number
  readonly p50: number
  readonly p99: number
  readonly max: number
}

const RESOLUTION_MS = 1

/** Starts measuring; the function returned ends it. Node records the time between two samples, interval included. */
export function measureEventLoopLag(): () => EventLoopLag {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  histogram.enable()
  return () => {
    histogram.disable()
    return lagOf(histogram, RESOLUTION_MS)
  }
}

export function lagOf(
  histogram: Pick<IntervalHistogram, 'percentile' | 'max' | 'count'>,
  resolution: number,
): EventLoopLag {
  const beyond = (nanoseconds: number): number => rounded(Math.max(0, nanoseconds / 1e6 - resolution))
  if (histogram.count === 0) return { resolution, p50: 0, p99: 0, max: 0 }
  return {
    resolution,
    p50: beyond(histogram.percentile(50)),
    p99: beyond(histogram.percentile(99)),
    max: beyond(histogram.max),
  }
}
