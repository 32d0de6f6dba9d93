import { CallSource } from './call-source.js'
import type { TuneRequest } from './tune-request.js'
import { UsageError } from './usage-error.js'

/** The parameters that the calls take by turns, and where they came from. */
export interface TuneSample {
  readonly parameters: readonly unknown[]
  /** The line of each. */
  readonly lines: readonly number[]
  /** The input goes on after these. */
  readonly truncated: boolean
}

/** @throws UsageError for an input that is empty, or wrong within the part that is used */
export async function readSample(
  { input, parameters: single }: Pick<TuneRequest, 'input' | 'parameters'>,
  signal: AbortSignal,
  most: number = SAMPLE_LINES,
): Promise<TuneSample> {
  const source = new CallSource(input, single, signal)
  const parameters: unknown[] = []
  const lines: number[] = []
  for await (const value of source.parameters()) {
    if (parameters.length === most) return { parameters, lines, truncated: true }
    parameters.push(value)
    lines.push(source.takeLine())
  }
  if (source.failure !== undefined) throw source.failure
  if (parameters.length === 0 && !signal.aborted) throw new UsageError('--input has no line to take parameters from')
  return { parameters, lines, truncated: false }
}

export const SAMPLE_LINES: number = 1_000
