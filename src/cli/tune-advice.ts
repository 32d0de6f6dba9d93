import { type CurvePoint, findKnee } from './tune-knee.js'
import { formatDuration, formatRate, formatRatio } from './tune-quantity.js'

/** What the advice is made from; times in ms. */
export interface AdviceFigures {
  readonly task: string
  /** What one call keeps the main thread busy with when it runs there. */
  readonly work: number
  /** The part of an inline call's time in which it only waits, 0 to 1. */
  readonly waiting: number
  /** What a call through a thread takes beside its run. */
  readonly hop: number
  /** Calls per second, one after the other on the main thread. */
  readonly inlineThroughput: number
  readonly sizes: readonly AdvicePoint[]
}

export interface AdvicePoint extends CurvePoint {
  readonly mainThreadPerCall: number
}

export interface Advice {
  /** Whether the task should run on threads at all. */
  readonly pays: boolean
  /** How many threads to use; `null` when it should run inline. */
  readonly threads: number | null
  /** The fewest threads that do about as well as the best pool, whether they pay or not. */
  readonly knee: number | null
  /** The rule that decided, with its figures, in a sentence. */
  readonly reason: string
  /** What else there is to say, a sentence each. */
  readonly notes: readonly string[]
}

/**
 * Whether threads pay, and how many.
 *
 * 1. They pay when the work is at least as dear as the hop: the main thread is relieved of more than a call costs.
 * 2. Short calls share hops, so a hop dearer than the work may still pay where calls come in numbers: when the pool at
 *    its knee completes at least 1.5 times what the main thread does inline, and takes no more than a quarter of the
 *    work's time from the main thread. With less, the program would rather run the work than send it.
 * 3. Otherwise they do not.
 */
export function advise(figures: AdviceFigures): Advice {
  const knee = findKnee(figures.sizes)
  if (knee === undefined) {
    return { pays: false, threads: null, knee: null, reason: 'No pool size completed a call.', notes: [] }
  }
  const { work, hop } = figures
  if (work >= hop) {
    const reason = `The work takes ${formatDuration(work)} of the main thread and the hop to a thread ${formatDuration(hop)}: threads pay.`
    return { pays: true, threads: knee.threads, knee: knee.threads, reason, notes: notesOf(figures, knee) }
  }
  const dearer = `The hop to a thread takes ${formatDuration(hop)} and the work only ${formatDuration(work)}`
  if (batchingPays(figures, knee)) {
    const left = `${formatDuration(knee.mainThreadPerCall)} of the main thread`
    const reason = `${dearer}, but many calls in flight share hops, and then one takes ${left}: threads pay.`
    return { pays: true, threads: knee.threads, knee: knee.threads, reason, notes: notesOf(figures, knee) }
  }
  const reason = `${dearer}: a thread does not pay. Run it inline.`
  return { pays: false, threads: null, knee: knee.threads, reason, notes: notesWhereNotPaying(figures, knee) }
}

export function batchingPays({ work, inlineThroughput }: AdviceFigures, knee: AdvicePoint): boolean {
  return knee.throughput >= BATCHED_GAIN * inlineThroughput && knee.mainThreadPerCall <= work * MAIN_THREAD_SHARE
}

function notesOf(figures: AdviceFigures, knee: AdvicePoint): string[] {
  return [gainOf(figures, knee), ...waitingNote(figures)]
}

function gainOf({ sizes, inlineThroughput }: AdviceFigures, knee: AdvicePoint): string {
  const gain = `${formatRate(knee.throughput)}, ${formatRatio(knee.throughput / inlineThroughput)} inline`
  const more = sizes.some(({ threads }) => threads > knee.threads)
  const rest = more ? '; more threads gain less than 5 %' : '; more threads than were measured may gain more'
  return `${plural(knee.threads)} complete${knee.threads === 1 ? 's' : ''} ${gain}${rest}.`
}

function notesWhereNotPaying(figures: AdviceFigures, knee: AdvicePoint): string[] {
  const { mainThreadPerCall, throughput, threads } = knee
  const measured = `With many calls in flight ${plural(threads)} complete${threads === 1 ? 's' : ''}`
  return [
    `${measured} ${formatRatio(throughput / figures.inlineThroughput)} the inline throughput, and each call takes ` +
      `${formatDuration(mainThreadPerCall)} of the main thread.`,
    'Larger pieces pay better: give one call more of this work to do.',
    ...waitingNote(figures),
  ]
}

function waitingNote({ task, waiting }: AdviceFigures): string[] {
  if (waiting < MOSTLY) return []
  const part = `${Math.round(waiting * 100)} %`
  return [`${task} waits ${part} of its time: waiting needs no thread, the main thread can wait for many at once.`]
}

function plural(threads: number): string {
  return threads === 1 ? '1 thread' : `${threads} threads`
}

const BATCHED_GAIN = 1.5
const MAIN_THREAD_SHARE = 0.25
const MOSTLY = 0.5
