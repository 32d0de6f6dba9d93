import { fork } from 'node:child_process'
import { RefusedParameters, TuneFailure } from './tune-failure.js'
import type { ProbeFigures, ProbeJobs, TuneTarget } from './tune-figures.js'

/** What a probe process is sent. */
export type ProbeRequest = {
  readonly [Kind in keyof ProbeJobs]: {
    readonly kind: Kind
    readonly target: TuneTarget
    readonly job: ProbeJobs[Kind]
  }
}[keyof ProbeJobs]

/** What it answers, once. */
export type ProbeAnswer =
  | { readonly kind: 'measured'; readonly figures: ProbeFigures[keyof ProbeFigures] }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'refused'; readonly index: number; readonly message: string }

/**
 * Measures in a process of its own: memory and compiled code of one measurement are not there in the next, an endless
 * loop can be interrupted, and what the task prints does not get into the report.
 *
 * @throws TuneFailure, RefusedParameters; the signal's AbortError
 */
export async function probe<Kind extends keyof ProbeJobs>(
  kind: Kind,
  target: TuneTarget,
  job: ProbeJobs[Kind],
  signal: AbortSignal,
): Promise<ProbeFigures[Kind]> {
  // The variable would override the pool sizes.
  const { OFFMAIN_THREADS: _, ...env } = process.env
  const child = fork(new URL('./tune-probe-process.js', import.meta.url), {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    signal,
    env,
  })
  const answer = await new Promise<ProbeAnswer>((resolve, reject) => {
    child.once('error', reject)
    child.once('message', (message) => resolve(message as ProbeAnswer))
    child.once('exit', (code, by) => {
      const how = by === null ? `exit code ${code}` : by
      reject(new TuneFailure(`${target.task.exportName} ended the process that measured it (${how})`))
    })
    child.send({ kind, target, job } as ProbeRequest, (error) => {
      if (error !== null) reject(error)
    })
  })
  if (answer.kind === 'failed') throw new TuneFailure(answer.message)
  if (answer.kind === 'refused') throw new RefusedParameters(answer.index, answer.message)
  return answer.figures as ProbeFigures[Kind]
}
