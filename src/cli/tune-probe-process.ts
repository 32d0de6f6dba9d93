import { RefusedParameters, TuneFailure } from './tune-failure.js'
import type { ProbeFigures } from './tune-figures.js'
import { measureInline } from './tune-inline.js'
import { measureLatency } from './tune-latency.js'
import { measurePool } from './tune-pool.js'
import type { ProbeAnswer, ProbeRequest } from './tune-probe.js'

// What the process that `probe` starts does: one measurement, one answer.
process.once('message', async (request) => {
  const answer = await answerTo(request as ProbeRequest)
  // The task's own timers and sockets may be left, and keep nobody waiting.
  process.send?.(answer, () => process.exit())
})
process.once('disconnect', () => process.exit())

async function answerTo(request: ProbeRequest): Promise<ProbeAnswer> {
  try {
    return { kind: 'measured', figures: await measure(request) }
  } catch (error) {
    if (error instanceof RefusedParameters) return { kind: 'refused', index: error.index, message: error.message }
    if (error instanceof TuneFailure) return { kind: 'failed', message: error.message }
    return { kind: 'failed', message: (error as Error | undefined)?.stack ?? String(error) }
  }
}

function measure({ kind, target, job }: ProbeRequest): Promise<ProbeFigures[keyof ProbeFigures]> {
  switch (kind) {
    case 'inline':
      return measureInline(target, job)
    case 'latency':
      return measureLatency(target, job)
    case 'pool':
      return measurePool(target, job)
  }
}
