import { url as debuggerUrl } from 'node:inspector'
import { setTimeout as delay } from 'node:timers/promises'
import type { ControlBlock } from '../contract/control-block.js'
import type { StackFrame } from '../errors.js'
import { answeredBeforeExit } from './exit-guard.js'
import { type InspectedWorker, inspectWorker, within } from './worker-inspector.js'

/** What a thread says of its running code; the counterpart of `workers/look.ts`. */
interface Sighting {
  readonly frames: readonly StackFrame[]
  readonly isComplete: boolean
}

/** What a look at a thread found. */
export interface Look {
  /**
   * `interrupted`: the running code was terminated in place, the thread's event loop turns again.
   * `running`: JavaScript runs and cannot be terminated in place.
   * `silent`: no JavaScript runs, or it could not be looked at: the thread awaits, or is in native code.
   */
  readonly found: 'interrupted' | 'running' | 'silent'
  /** Innermost first; `undefined` when silent. */
  readonly frames: readonly StackFrame[] | undefined
}

export const SILENT: Look = { found: 'silent', frames: undefined }

/**
 * Looks at a thread that does not come back: where its code is, through an inspector session that is opened only then,
 * and terminates that code in place, where that is safe.
 *
 * The code is not paused, only interrupted for an evaluation of a moment, which sees the stack it stands on: V8 dies now
 * and then when a function is paused while the compiler inlines it. A termination asked for while other code runs would
 * hit that, so the thread holds its code in such an evaluation until it has been asked for:
 *
 * ```
 *   watchdog   evaluate(look) ────────────▶ evaluate(hold) ─────────────▶ terminateExecution, let go ──▶
 *   thread       loops ── its frames ── loops ── clears async ids, held ────────────────────────────── terminated
 * ```
 *
 * Nothing here throws: what cannot be had leaves the frames out.
 *
 * Source: the Chrome DevTools Protocol (`Runtime.evaluate`, `Runtime.terminateExecution`).
 */
export function lookAndInterrupt(threadId: number, control: ControlBlock): Promise<Look> {
  return inspectWorker(threadId, SILENT, async (worker) => {
    const frames = await look(worker, control)
    if (frames === undefined || frames.length === 0) return SILENT
    return { found: (await interrupt(worker, control)) ? 'interrupted' : 'running', frames }
  })
}

/** Whether somebody's debugger holds the thread paused. At once false where no debugger can be attached. */
export async function isHeldByDebugger(threadId: number): Promise<boolean> {
  if (debuggerUrl() === undefined) return false
  return inspectWorker(threadId, false, async (worker) => {
    // A thread that another session has paused says so as soon as this one listens.
    let isPaused = false
    worker.onEvent(({ method }) => {
      isPaused ||= method === 'Debugger.paused'
    })
    await worker.send('Debugger.enable')
    await worker.send('Debugger.disable')
    return isPaused
  })
}

/**
 * JavaScript answers even from within an endless loop; who does not answer is in native code. A loop of ever new turns
 * is looked at until it is caught in its own code, at least as often as that mostly takes when the machine is busy.
 */
async function look(worker: InspectedWorker, control: ControlBlock): Promise<readonly StackFrame[] | undefined> {
  let frames: readonly StackFrame[] | undefined
  const giveUpAt = performance.now() + LOOK_MS
  for (let looks = 0; looks < LEAST_LOOKS || performance.now() < giveUpAt; looks++) {
    const found = (await evaluate(worker, control, LOOK)) as Sighting | undefined
    if (!Array.isArray(found?.frames)) return frames
    if (frames === undefined || found.frames.length > 0) frames = found.frames
    if (found.isComplete) return frames
    // Without a pause many looks come to the same moment of the code.
    await delay(BETWEEN_LOOKS_MS)
  }
  return frames
}

async function interrupt(worker: InspectedWorker, control: ControlBlock): Promise<boolean> {
  control.wantHold()
  const giveUpAt = performance.now() + LOOK_MS
  for (;;) {
    const reply = evaluate(worker, control, HOLD)
    if ((await Promise.race([control.whenHeld(), reply])) === true) break
    if ((await reply) === 'later' && performance.now() < giveUpAt) continue
    // It may have been taken up just now; a thread that dies of it never says so.
    if (control.withdrawHold() || (await within(HOLD_MS, control.whenHeld())) !== true) return false
  }
  const terminated = worker.send('Runtime.terminateExecution')
  control.letGo()
  return (await terminated) !== undefined
}

async function evaluate(worker: InspectedWorker, control: ControlBlock, expression: string): Promise<unknown> {
  const reply = await answeredBeforeExit(control, () =>
    worker.send('Runtime.evaluate', { expression, returnByValue: true }),
  )
  return reply?.result?.result?.value
}

/** How long to look for a loop of turns in its own code, ms. */
const LOOK_MS = 100
const LEAST_LOOKS = 10
const BETWEEN_LOOKS_MS = 1
/** Between taking the wish up and holding the code there are only a few statements; ms. */
const HOLD_MS = 500
/** Both are defined on every thread by `workers/entry.ts`. */
const LOOK = "globalThis[Symbol.for('offmain.look')]()"
const HOLD = "globalThis[Symbol.for('offmain.hold')]()"
