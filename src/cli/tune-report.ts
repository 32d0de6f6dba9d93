import { createRequire } from 'node:module'
import { arch, cpus, platform, totalmem } from 'node:os'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { availableCores } from '../available-cores.js'
import { type Advice, advise } from './tune-advice.js'
import type { InlineFigures, LatencyFigures, PoolFigures } from './tune-figures.js'
import { precise } from './tune-quantity.js'
import type { TuneRequest } from './tune-request.js'
import type { TuneSample } from './tune-sample.js'

/** What `offmain tune` found, as `--json` prints it. Times in ms, memory in bytes. */
export interface TuneReport {
  readonly task: string
  /** The path of the module, from the working directory. */
  readonly module: string
  readonly parameters: {
    /** How many are taken by turns. */
    readonly count: number
    /** The input has more lines than that. */
    readonly truncated: boolean
  }
  readonly inline: {
    readonly calls: number
    readonly p50: number
    readonly p99: number
    readonly mean: number
    /** The part of its time in which a call keeps the thread busy, 0 to 1. */
    readonly busy: number
    /** Calls per second, one after the other. */
    readonly throughput: number
  }
  readonly hop: {
    readonly calls: number
    /** Of one call in flight through one thread. */
    readonly latency: { readonly p50: number; readonly p99: number }
    /** The median of what such a call takes beside its run: the way there and back. */
    readonly cost: number
  }
  readonly sizes: readonly SizeReport[]
  readonly recommendation: Advice & {
    /** Either of them sets it. */
    readonly set: { readonly option: string; readonly environment: string } | null
  }
  /** Calls that did not complete. */
  readonly failed: number
  readonly seconds: number
  readonly machine: {
    readonly cpu: string
    readonly cores: number
    readonly memory: number
    /** Runnable threads before anything was measured, the average of a minute; 0 where the system does not tell. */
    readonly load: number
    readonly platform: string
    readonly node: string
    readonly offmain: string
  }
  readonly date: string
  readonly command: string
}

/** One pool size. */
export type SizeReport = Omit<PoolFigures, 'failure'> & {
  /** To the inline throughput. */
  readonly gain: number
}

export interface Findings {
  /** As `machine.load`. */
  readonly load: number
  readonly inline: InlineFigures
  readonly latency: LatencyFigures
  /** One for each size. */
  readonly pools: readonly PoolFigures[]
}

export function reportOf(
  request: TuneRequest,
  sample: TuneSample,
  findings: Findings,
  argv: readonly string[],
): TuneReport {
  const { inline, latency, pools, load } = findings
  const throughput = 1_000 / inline.mean
  // Not the latency less the inline time: a task may run slower on a thread, which is no part of the way there.
  const hop = latency.outside
  // Of various parameters a few may bring most of the work, which a median does not see.
  const typical = sample.parameters.length > 1 ? inline.mean : inline.p50
  const advice = advise({
    task: request.task.exportName,
    work: typical * inline.busy,
    waiting: 1 - inline.busy,
    hop,
    inlineThroughput: throughput,
    sizes: pools,
  })
  return {
    task: request.task.exportName,
    module: relative(process.cwd(), fileURLToPath(request.task.url)),
    parameters: { count: sample.parameters.length, truncated: sample.truncated },
    inline: {
      calls: inline.calls,
      p50: precise(inline.p50),
      p99: precise(inline.p99),
      mean: precise(inline.mean),
      busy: precise(inline.busy),
      throughput: precise(throughput),
    },
    hop: {
      calls: latency.calls,
      latency: { p50: precise(latency.p50), p99: precise(latency.p99) },
      cost: precise(hop),
    },
    sizes: pools.map((pool) => sizeReport(pool, throughput)),
    recommendation: {
      ...advice,
      notes: [...advice.notes, ...busyNote(load)],
      set:
        advice.threads === null
          ? null
          : {
              option: `new TaskRuntime({ threads: ${advice.threads} })`,
              environment: `OFFMAIN_THREADS=${advice.threads}`,
            },
    },
    failed: pools.reduce((sum, { failed }) => sum + failed, 0),
    seconds: request.seconds,
    machine: machine(load),
    date: new Date().toISOString(),
    command: ['offmain', ...argv].map(shellWord).join(' '),
  }
}

function sizeReport(pool: PoolFigures, inlineThroughput: number): SizeReport {
  const { threads, inFlightPerThread, calls, failed, throughput, latency } = pool
  return {
    threads,
    inFlightPerThread,
    calls,
    failed,
    throughput: precise(throughput),
    gain: precise(throughput / inlineThroughput),
    latency: { p50: precise(latency.p50), p99: precise(latency.p99) },
    mainThreadDelay: precise(pool.mainThreadDelay),
    mainThreadPerCall: precise(pool.mainThreadPerCall),
    memoryPerThread: Math.round(pool.memoryPerThread),
  }
}

function machine(load: number): TuneReport['machine'] {
  const { version } = createRequire(import.meta.url)('offmain/package.json') as { version: string }
  return {
    cpu: cpus()[0]?.model.trim() || 'unknown',
    cores: availableCores(),
    memory: totalmem(),
    load: precise(load),
    platform: `${platform()} ${arch()}`,
    node: process.version,
    offmain: version,
  }
}

function busyNote(load: number): string[] {
  const { length } = cpus()
  if (load <= length * BUSY) return []
  return [`The machine was busy (load ${load.toFixed(1)}, ${length} cores): measure again when it is not.`]
}

/** As one would type it. */
function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}

/** What may be under way on each core before figures suffer. */
const BUSY = 0.5
