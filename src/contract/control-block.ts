/**
 * The words a thread and the scheduler share: the only memory that both sides write.
 *
 * ```
 *              a batch of length 4, call 1 running
 *
 *   calls      [ 0 ]   [ 1 ]   [ 2 ]   [ 3 ]
 *                ▲       ▲       ▲
 *              ended   running  nobody's yet
 *              settled = 1      next = 2
 *
 *   word      written by              transition                       meaning
 *   next      worker                  i → i + 1                        claims call i
 *             scheduler               i → length                       takes back calls i … length - 1
 *   settled   worker                  i → i + 1                        ends call i, its outcome is in the outbox or posted
 *             watchdog                i → STOPPED                      stops call i; the worker can end nothing more
 * ```
 *
 * Both words move by compare-and-exchange, so every call is claimed or taken back, and ended or stopped, never both.
 * When the thread dies, `next` and `settled` tell what became of each call: below `settled` ended, between the two
 * crashed, from `next` on never started.
 *
 * The worker stores its stamps before the phase they belong to, and `ended` before it ends a call. So who reads
 * `settled`, then the phase, then the stamp, and finds a phase in between, has a stamp of that call or of a later one,
 * and stops no call by the stamp of an earlier one.
 *
 * A third word holds the running code while its termination is asked for: only then does that hit nothing else.
 *
 * ```
 *   watchdog   none ──────▶ wanted ──▶ none          wants it; withdraws when the thread does not answer
 *   worker                  wanted ──▶ taken ──▶ held, or none when it is not safe
 *   watchdog                                     held ──▶ none      has asked for the termination: let go
 * ```
 *
 * A last word counts what the thread has evaluated for the watchdog: an exit of the process waits for it.
 *
 * The worker stores `running`, then reads `settled`, and does not run a call that was stopped; the watchdog stops, then
 * reads the phase. So a call that is found not to be running by then certainly never runs.
 */
export class ControlBlock {
  static readonly BYTES = 64

  readonly #words: Int32Array
  readonly #stamps: Float64Array

  constructor(readonly buffer: SharedArrayBuffer = new SharedArrayBuffer(ControlBlock.BYTES)) {
    this.#words = new Int32Array(buffer, 0, 8)
    this.#stamps = new Float64Array(buffer, 32, 4)
  }

  /** Scheduler, while the thread is idle: a new batch begins, nothing of it claimed. */
  begin(): void {
    Atomics.store(this.#words, Word.phase, Phase.idle)
    Atomics.store(this.#words, Word.asked, 0)
    Atomics.store(this.#words, Word.looked, 0)
    Atomics.store(this.#words, Word.settled, 0)
    Atomics.store(this.#words, Word.next, 0)
  }

  /** Worker: call `index` is mine. */
  claim(index: number): boolean {
    return Atomics.compareExchange(this.#words, Word.next, index, index + 1) === index
  }

  /** Scheduler: the calls from the returned index up to `length` are mine again; `length` if there were none. */
  takeBack(length: number): number {
    for (;;) {
      const next = this.next
      if (next >= length) return length
      if (Atomics.compareExchange(this.#words, Word.next, next, length) === next) return next
    }
  }

  /** Worker, after the outcome of call `index` is in the outbox or posted: the call has ended. False: it was stopped. */
  end(index: number): boolean {
    Atomics.store(this.#words, Word.phase, Phase.ended)
    const hasEnded = Atomics.compareExchange(this.#words, Word.settled, index, index + 1) === index
    // A stopped call keeps `ended`: the scheduler has yet to read that it may have run.
    if (hasEnded) Atomics.store(this.#words, Word.phase, Phase.idle)
    return hasEnded
  }

  /** Watchdog: call `index` ends here, whatever the worker still does with it. */
  stop(index: number): boolean {
    return Atomics.compareExchange(this.#words, Word.settled, index, STOPPED) === index
  }

  /** Worker, once it has entered `running`: the call was stopped before, and must not run. */
  get isStopped(): boolean {
    return this.settled === STOPPED
  }

  /** Scheduler, once it has stopped the running call or its thread is gone: its code may have run. */
  get hasRun(): boolean {
    const { phase } = this
    return phase === Phase.running || phase === Phase.encoding || phase === Phase.ended
  }

  /** Worker: the call being served enters a phase. Loading and running have a stamp of their own. */
  enter(phase: Phase, at: number): void {
    if (phase === Phase.loading) this.#stamps[Stamp.claimedAt] = at
    if (phase === Phase.running) this.#stamps[Stamp.runAt] = at
    Atomics.store(this.#words, Word.phase, phase)
  }

  /** Watchdog: asks call `index` to stop by its signal. */
  ask(index: number): void {
    Atomics.store(this.#words, Word.asked, index + 1)
  }

  /** Worker: has call `index` been asked to stop? */
  isAsked(index: number): boolean {
    return Atomics.load(this.#words, Word.asked) === index + 1
  }

  /** Worker: call `index` has looked at its signal, so asking it makes sense. */
  look(index: number): void {
    Atomics.store(this.#words, Word.looked, index + 1)
  }

  hasLooked(index: number): boolean {
    return Atomics.load(this.#words, Word.looked) === index + 1
  }

  /** Watchdog: the running code is to be held. */
  wantHold(): void {
    Atomics.store(this.#words, Word.hold, Hold.wanted)
  }

  /** Watchdog: settles when the worker has taken the wish up, with true if it holds the code, or when it was withdrawn. */
  async whenHeld(): Promise<boolean> {
    for (;;) {
      const state = Atomics.load(this.#words, Word.hold)
      if (state !== Hold.wanted && state !== Hold.taken) return state === Hold.held
      await Atomics.waitAsync(this.#words, Word.hold, state).value
    }
  }

  /** Watchdog: not any more. False: the worker has taken it up. */
  withdrawHold(): boolean {
    return this.#moveHold(Hold.wanted, Hold.none)
  }

  /** Worker: the wish is still there, and is mine. */
  takeHold(): boolean {
    return this.#moveHold(Hold.wanted, Hold.taken)
  }

  /** Worker: holds the code, or cannot. */
  hold(isHeld: boolean): void {
    this.#moveHold(Hold.taken, isHeld ? Hold.held : Hold.none)
  }

  /** Watchdog: the termination is asked for, the code goes on into it. */
  letGo(): void {
    this.#moveHold(Hold.held, Hold.none)
  }

  /** Worker, while it holds the code. */
  get isLetGo(): boolean {
    return Atomics.load(this.#words, Word.hold) !== Hold.held
  }

  /** Worker: has evaluated what the watchdog asked for. */
  answer(): void {
    Atomics.add(this.#words, Word.answers, 1)
  }

  /** How often the worker has answered. */
  get answers(): number {
    return Atomics.load(this.#words, Word.answers)
  }

  #moveHold(from: number, to: number): boolean {
    const hasMoved = Atomics.compareExchange(this.#words, Word.hold, from, to) === from
    Atomics.notify(this.#words, Word.hold)
    return hasMoved
  }

  /** Worker: the limit that the class of the running call asks for, ms; 0 for none. Stored before `enter(running)`. */
  set classTimeoutMs(value: number) {
    this.#stamps[Stamp.classTimeout] = value
  }

  get classTimeoutMs(): number {
    return this.#stamps[Stamp.classTimeout] ?? 0
  }

  get next(): number {
    return Atomics.load(this.#words, Word.next)
  }

  /** How many calls of the batch have ended, or `STOPPED`. */
  get settled(): number {
    return Atomics.load(this.#words, Word.settled)
  }

  get phase(): Phase {
    return Atomics.load(this.#words, Word.phase) as Phase
  }

  get claimedAt(): number {
    return this.#stamps[Stamp.claimedAt] ?? 0
  }

  get runAt(): number {
    return this.#stamps[Stamp.runAt] ?? 0
  }
}

/** `settled` once the watchdog has stopped a call of the batch. */
export const STOPPED = -1

/** What the worker is doing with the call it has claimed. */
export const Phase = {
  idle: 0,
  loading: 1,
  connecting: 2,
  running: 3,
  encoding: 4,
  /** its report is made */ ended: 5,
} as const
export type Phase = (typeof Phase)[keyof typeof Phase]

/** The phases by name, as outcomes and errors give them. */
export type PhaseName = Exclude<keyof typeof Phase, 'idle' | 'ended'>

export function phaseName(phase: Phase): PhaseName {
  return PHASE_NAMES[phase] ?? 'loading'
}

const PHASE_NAMES: Partial<Record<Phase, PhaseName>> = {
  1: 'loading',
  2: 'connecting',
  3: 'running',
  4: 'encoding',
  5: 'encoding',
}

const Word = { next: 0, settled: 1, phase: 2, asked: 3, looked: 4, hold: 5, answers: 6 } as const
const Hold = { none: 0, wanted: 1, taken: 2, held: 3 } as const
const Stamp = { claimedAt: 0, runAt: 1, classTimeout: 2 } as const
