import { setTimeout as sleep } from 'node:timers/promises'
import { availableCores } from '../available-cores.js'
import type { TaskRuntime } from '../task-runtime.js'
import { measureEventLoopLag } from './event-loop-lag.js'
import { TuneFailure } from './tune-failure.js'
import type { PoolFigures, PoolLoad, TuneTarget } from './tune-figures.js'
import { Load } from './tune-load.js'
import { didNotComplete, Starter, tunedRuntime } from './tune-starter.js'

/** Keeps a warm pool of one size busy. Must have the process to itself. @throws TuneFailure, RefusedParameters */
export async function measurePool(target: TuneTarget, job: PoolLoad & { seconds: number }): Promise<PoolFigures> {
  const { threads, inFlightPerThread, needsConnection, seconds } = job
  const memoryBefore = process.memoryUsage.rss()
  await using runtime = tunedRuntime(target, threads)
  const load = new Load(new Starter(runtime, target, needsConnection))
  const running = load.run(threads * inFlightPerThread)
  try {
    // `running` ends early only by an error.
    await Promise.race([running, warmUp(runtime, load, job)])
    load.reset()
    const endLag = measureEventLoopLag()
    const startedAt = performance.now()
    const usedBefore = performance.eventLoopUtilization()
    await Promise.race([running, untilEnough(load, seconds * 1_000, threads * CALLS_PER_THREAD)])
    const { active } = performance.eventLoopUtilization(usedBefore)
    const elapsed = performance.now() - startedAt
    const { settled, failed, failure, latency } = load
    return {
      threads,
      inFlightPerThread,
      calls: settled,
      failed,
      failure: failure && didNotComplete(target.task.exportName, failure.status, failure.error.message),
      throughput: ((settled - failed) / elapsed) * 1_000,
      latency: { p50: latency.percentile(50), p99: latency.percentile(99) },
      mainThreadDelay: endLag().p99,
      mainThreadPerCall: settled === 0 ? 0 : active / settled,
      memoryPerThread: Math.max(0, (process.memoryUsage.rss() - memoryBefore) / runtime.stats().threads.live),
    }
  } finally {
    load.stop()
    await running.catch(() => {})
  }
}

/** Until every thread is there and has had its time on a core to compile what it runs. */
async function warmUp(runtime: TaskRuntime, load: Load, { threads, seconds }: PoolLoad & { seconds: number }) {
  const startedAt = performance.now()
  while (runtime.stats().threads.live < threads) {
    if (performance.now() - startedAt > STARTING_MS) throw new TuneFailure(`${threads} threads did not start in 30 s`)
    await sleep(POLL_MS)
  }
  const turns = Math.max(1, threads / availableCores())
  await untilEnough(load, seconds * 1_000 * WARM_UP * turns, threads)
}

/** For so long, and a little longer if the calls are few. */
async function untilEnough(load: Load, duration: number, calls: number): Promise<void> {
  const startedAt = performance.now()
  await sleep(duration)
  while (load.settled < calls && performance.now() - startedAt < duration * LONGEST) await sleep(POLL_MS)
}

/** As a part of the time that is measured. */
const WARM_UP = 0.4
const LONGEST = 5
const CALLS_PER_THREAD = 8
const POLL_MS = 5
const STARTING_MS = 30_000
