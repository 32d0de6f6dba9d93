import { writeFile } from 'node:fs/promises'
import { loadavg } from 'node:os'
import { availableCores } from '../available-cores.js'
import { EXIT } from './exit-codes.js'
import { Interruption } from './interruption.js'
import { LineOutput } from './line-output.js'
import { oneLine } from './outcome-line.js'
import { RefusedParameters, TuneFailure } from './tune-failure.js'
import type { PoolFigures, TuneTarget } from './tune-figures.js'
import { tunePage } from './tune-page.js'
import { probe } from './tune-probe.js'
import { TuneProgress } from './tune-progress.js'
import { type Findings, reportOf } from './tune-report.js'
import type { TuneRequest } from './tune-request.js'
import { betterOf, ROUNDS, roundsOf } from './tune-rounds.js'
import { readSample, type TuneSample } from './tune-sample.js'
import { callsInFlight, poolSizes } from './tune-sizes.js'
import { tuneText } from './tune-text.js'
import { UsageError } from './usage-error.js'

/** Measures, prints what was found, and writes the page. */
export async function runTune(request: TuneRequest): Promise<number> {
  using interruption = new Interruption()
  const { signal } = interruption
  try {
    const sample = await readSample(request, signal)
    const findings = await measureAll(request, sample, signal)
    const report = reportOf(request, sample, findings, process.argv.slice(2))
    if (request.html !== undefined) await writePage(request.html, tunePage(report))
    const output = new LineOutput(process.stdout)
    output.print(request.json ? JSON.stringify(report) : tuneText(report))
    await output.flush()
    const failure = findings.pools.find((pool) => pool.failure !== undefined)?.failure
    if (failure !== undefined) throw new TuneFailure(failure)
    return interruption.exitCode ?? EXIT.completed
  } catch (error) {
    if (interruption.exitCode !== undefined) return interruption.exitCode
    if (!(error instanceof TuneFailure)) throw error
    process.stderr.write(`offmain: ${oneLine(error.message)}\n`)
    return EXIT.notCompleted
  }
}

/** @throws TuneFailure, UsageError */
async function measureAll(request: TuneRequest, sample: TuneSample, signal: AbortSignal): Promise<Findings> {
  const { task, user, userConnections, seconds, json } = request
  const target: TuneTarget = { task, parameters: sample.parameters, user, userConnections }
  const sizes = roundsOf(poolSizes(availableCores()))
  using progress = process.stderr.isTTY && !json ? new TuneProgress(2 + sizes.length) : undefined
  const [load = 0] = loadavg()
  try {
    progress?.begin('inline')
    const inline = await probe('inline', target, { seconds: Math.min(seconds, ONE_THREAD_SECONDS) }, signal)
    const { needsConnection } = inline
    progress?.begin('the hop')
    const oneByOne = { seconds: Math.min(seconds, ONE_THREAD_SECONDS), needsConnection }
    const latency = await probe('latency', target, oneByOne, signal)

    const inFlightPerThread = callsInFlight(inline.p50)
    const pools: PoolFigures[] = []
    for (const threads of sizes) {
      progress?.begin(threads === 1 ? '1 thread' : `${threads} threads`)
      const pool = { threads, inFlightPerThread, needsConnection, seconds: seconds / ROUNDS }
      pools.push(await probe('pool', target, pool, signal))
    }
    return { load, inline, latency, pools: betterOf(pools) }
  } catch (error) {
    if (!(error instanceof RefusedParameters)) throw error
    const place = request.input === undefined ? '--parameters' : `line ${sample.lines[error.index]}`
    throw new UsageError(`${place} ${error.message}`)
  }
}

async function writePage(file: string, page: string): Promise<void> {
  try {
    await writeFile(file, page)
  } catch (error) {
    throw new TuneFailure(`--html: the page cannot be written: ${(error as Error).message}`)
  }
}

const ONE_THREAD_SECONDS = 1
