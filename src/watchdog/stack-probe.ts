import { url as debuggerUrl } from 'node:inspector'
import type { StackFrame } from '../errors.js'
import { inSource } from './source-position.js'
import { type InspectedWorker, type InspectorEvent, inspectWorker, within } from './worker-inspector.js'

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
 * A termination asked for while no JavaScript runs would hit the next that does, so it is asked for only while the
 * thread is paused. Nothing here throws: what cannot be had leaves the frames out.
 *
 * Source: the Chrome DevTools Protocol (`Debugger.pause`, `Runtime.terminateExecution`).
 */
export function lookAndInterrupt(threadId: number): Promise<Look> {
  return inspectWorker(threadId, SILENT, (worker) => new StackProbe(worker).lookAndInterrupt())
}

/** Whether somebody's debugger holds the thread paused. At once false where no debugger can be attached. */
export async function isHeldByDebugger(threadId: number): Promise<boolean> {
  if (debuggerUrl() === undefined) return false
  return inspectWorker(threadId, false, (worker) => new StackProbe(worker).isPaused())
}

class StackProbe {
  readonly #worker: InspectedWorker
  readonly #scripts = new Map<string, Script>()
  #onPaused: (pause: Pause) => void = () => {}

  constructor(worker: InspectedWorker) {
    this.#worker = worker
    worker.onEvent((event) => this.#receive(event))
  }

  /** A thread that another session has paused says so as soon as this one listens. */
  async isPaused(): Promise<boolean> {
    let paused = false
    this.#onPaused = () => {
      paused = true
    }
    await this.#worker.send('Debugger.enable')
    await this.#worker.send('Debugger.disable')
    return paused
  }

  async lookAndInterrupt(): Promise<Look> {
    // JavaScript answers even from within an endless loop; who does not answer is in native code.
    if ((await this.#worker.send('Debugger.enable')) === undefined) return SILENT
    // One pause and no more: V8 dies now and then when hot code is paused while it is being compiled.
    const pause = await this.#pause()
    const frames = pause && this.#framesOf(pause)
    // Code of Node itself is not terminated: a promise hook that dies takes the process with it.
    if (frames !== undefined && !isInternal(frames[0]) && (await this.#terminate())) {
      return { found: 'interrupted', frames }
    }
    await this.#worker.send('Debugger.disable')
    return frames === undefined ? SILENT : { found: 'running', frames }
  }

  async #pause(): Promise<Pause | undefined> {
    const paused = new Promise<Pause>((resolve) => {
      this.#onPaused = resolve
    })
    // A pause asked for while the thread is still on its way out of the last one is forgotten: ask again.
    for (let waited = 0; waited < PAUSE_MS; waited += ASK_AGAIN_MS) {
      await this.#worker.send('Debugger.pause')
      const pause = await within(ASK_AGAIN_MS, paused)
      if (pause !== undefined) return pause
    }
    return undefined
  }

  /** Asked for while it is paused, the termination takes hold as the code resumes: not one more statement of it runs. */
  async #terminate(): Promise<boolean> {
    if ((await this.#evaluate(UNWIND)) !== true) return false
    const terminated = this.#worker.send('Runtime.terminateExecution')
    await this.#worker.send('Debugger.resume')
    await this.#worker.send('Debugger.disable')
    return (await terminated) !== undefined
  }

  async #evaluate(expression: string): Promise<unknown> {
    const reply = await this.#worker.send('Runtime.evaluate', { expression, returnByValue: true })
    return reply?.result?.result?.value
  }

  #receive(event: InspectorEvent): void {
    if (event.method === 'Debugger.scriptParsed') {
      const script = event.params as Script & { readonly scriptId: string }
      this.#scripts.set(script.scriptId, script)
    } else if (event.method === 'Debugger.paused') {
      this.#onPaused(event.params as Pause)
    }
  }

  #framesOf({ callFrames }: Pause): StackFrame[] {
    return callFrames.map(({ functionName, location }) => this.#translate(functionName, location))
  }

  #translate(functionName: string, { scriptId, lineNumber, columnNumber }: Place): StackFrame {
    const script = this.#scripts.get(scriptId)
    const frame = {
      function: functionName || '(anonymous)',
      url: script?.url ?? '',
      line: lineNumber + 1,
      column: columnNumber + 1,
    }
    return inSource(frame, script?.sourceMapURL)
  }
}

function isInternal(frame: StackFrame | undefined): boolean {
  return frame === undefined || frame.url === '' || frame.url.startsWith('node:')
}

/** How long to wait until a thread that has answered has paused, ms. One that awaits never does. */
const PAUSE_MS = 150
const ASK_AGAIN_MS = 15
/** Defined on every thread by `workers/unwind.ts`. */
const UNWIND = "globalThis[Symbol.for('offmain.unwind')]()"

/** Lines and columns from 0. */
interface Place {
  readonly scriptId: string
  readonly lineNumber: number
  readonly columnNumber: number
}

interface Pause {
  readonly callFrames: readonly { readonly functionName: string; readonly location: Place }[]
}

interface Script {
  readonly url: string
  readonly sourceMapURL?: string
}
