import { Durations } from './tune-durations.js'
import type { LatencyFigures, TuneTarget } from './tune-figures.js'
import { checkCompleted, Starter, tunedRuntime } from './tune-starter.js'

/** One call at a time through one thread. @throws TuneFailure, RefusedParameters */
export async function measureLatency(
  target: TuneTarget,
  { seconds, needsConnection }: { seconds: number; needsConnection: boolean },
): Promise<LatencyFigures> {
  await using runtime = tunedRuntime(target, 1)
  const starter = new Starter(runtime, target, needsConnection)
  const latency = new Durations()
  const outside = new Durations()
  const repeat = async (duration: number, least: number): Promise<void> => {
    const start = performance.now()
    for (let elapsed = 0; elapsed < duration || (latency.count < least && elapsed < duration * LONGEST); ) {
      const begun = performance.now()
      const outcome = await starter.start().completion
      checkCompleted(outcome, target)
      // Decoded when it is first read, on the main thread.
      void outcome.value
      const took = performance.now() - begun
      latency.add(took)
      outside.add(took - outcome.timing.running)
      elapsed = performance.now() - start
    }
  }
  await repeat(seconds * 1_000 * WARM_UP, 2)
  latency.reset()
  outside.reset()
  await repeat(seconds * 1_000, LEAST_CALLS)
  return {
    calls: latency.count,
    p50: latency.percentile(50),
    p99: latency.percentile(99),
    outside: outside.percentile(50),
  }
}

/** As a part of the time that is measured. */
const WARM_UP = 0.4
const LEAST_CALLS = 5
const LONGEST = 5
