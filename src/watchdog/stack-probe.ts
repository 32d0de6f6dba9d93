import { url as debuggerUrl, Session } from 'node:inspector'
import type { StackFrame } from '../errors.js'
import { inSource } from './source-position.js'

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

/**
 * Looks at a thread that does not come back: where its code is, through an inspector session that is opened only then,
 * and terminates that code in place, where that is safe.
 *
 * A termination asked for while no JavaScript runs would hit the next that does, so it is asked for only while the
 * thread is paused. Nothing here throws: what cannot be had leaves the frames out.
 *
 * Sources: the Chrome DevTools Protocol (`Debugger.pause`, `Runtime.terminateExecution`), Node's `NodeWorker` domain.
 */
export function lookAndInterrupt(threadId: number): Promise<Look> {
  return withTarget(threadId, SILENT, (target) => target.lookAndInterrupt())
}

/** Whether somebody's debugger holds the thread paused. At once false where no debugger can be attached. */
export async function isHeldByDebugger(threadId: number): Promise<boolean> {
  return debuggerUrl() !== undefined && (await withTarget(threadId, false, (target) => target.isPaused()))
}

async function withTarget<T>(threadId: number, otherwise: T, use: (target: Target) => Promise<T>): Promise<T> {
  const session = new Session()
  try {
    session.connect()
    const target = await attach(session, threadId)
    return target === undefined ? otherwise : await use(target)
  } catch {
    return otherwise
  } finally {
    session.disconnect()
  }
}

async function attach(session: Session, threadId: number): Promise<Target | undefined> {
  const attached = new Promise<string>((resolve) => {
    session.on('NodeWorker.attachedToWorker', ({ params }) => {
      // `workerInfo.workerId` is not the thread id; the title has it.
      if (params.workerInfo.title.startsWith(`[worker ${threadId}]`)) resolve(params.sessionId)
    })
  })
  session.post('NodeWorker.enable', { waitForDebuggerOnStart: false })
  const sessionId = await within(ANSWER_MS, attached)
  return sessionId === undefined ? undefined : new Target(session, sessionId)
}

/** One worker, spoken to through its session inside the main session. */
class Target {
  readonly #session: Session
  readonly #sessionId: string
  readonly #replies = new Map<number, (reply: Reply) => void>()
  readonly #scripts = new Map<string, Script>()
  #nextId = 1
  #onPaused: (frames: CallFrame[]) => void = () => {}

  constructor(session: Session, sessionId: string) {
    this.#session = session
    this.#sessionId = sessionId
    session.on('NodeWorker.receivedMessageFromWorker', ({ params }) => {
      if (params.sessionId !== sessionId) return
      const message = JSON.parse(params.message) as Message
      if (message.id !== undefined) this.#replies.get(message.id)?.(message)
      else if (message.method === 'Debugger.scriptParsed') this.#scripts.set(message.params.scriptId, message.params)
      else if (message.method === 'Debugger.paused') this.#onPaused(message.params.callFrames)
    })
  }

  /** A thread that another session has paused says so as soon as this one listens. */
  async isPaused(): Promise<boolean> {
    let paused = false
    this.#onPaused = () => {
      paused = true
    }
    await this.#send('Debugger.enable')
    await this.#send('Debugger.disable')
    return paused
  }

  async lookAndInterrupt(): Promise<Look> {
    // JavaScript answers even from within an endless loop; who does not answer is in native code.
    if ((await this.#send('Debugger.enable')) === undefined) return SILENT
    let frames: StackFrame[] | undefined
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const paused = await this.#pause()
      if (paused === undefined) break
      if (frames === undefined || !isInternal(paused[0])) frames = paused
      // Code of Node itself is not terminated: a promise hook that dies takes the process with it.
      if (!isInternal(paused[0]) && (await this.#terminate())) return { found: 'interrupted', frames }
      await this.#send('Debugger.resume')
    }
    await this.#send('Debugger.disable')
    return frames === undefined ? SILENT : { found: 'running', frames }
  }

  async #pause(): Promise<StackFrame[] | undefined> {
    const paused = new Promise<CallFrame[]>((resolve) => {
      this.#onPaused = resolve
    })
    await this.#send('Debugger.pause')
    return (await within(PAUSE_MS, paused))?.map((frame) => this.#translate(frame))
  }

  /** Asked for while it is paused, the termination takes hold as the code resumes: not one more statement of it runs. */
  async #terminate(): Promise<boolean> {
    const unwound = await this.#send('Runtime.evaluate', { expression: UNWIND, returnByValue: true })
    if (unwound?.result?.result?.value !== true) return false
    const terminated = this.#send('Runtime.terminateExecution')
    await this.#send('Debugger.resume')
    await this.#send('Debugger.disable')
    return (await terminated) !== undefined
  }

  #send(method: string, params: object = {}): Promise<Reply | undefined> {
    const id = this.#nextId++
    const reply = new Promise<Reply>((resolve) => {
      this.#replies.set(id, resolve)
    })
    this.#session.post('NodeWorker.sendMessageToWorker', {
      sessionId: this.#sessionId,
      message: JSON.stringify({ id, method, params }),
    })
    return within(ANSWER_MS, reply)
  }

  #translate({ functionName, location }: CallFrame): StackFrame {
    const script = this.#scripts.get(location.scriptId)
    const frame = {
      function: functionName || '(anonymous)',
      url: script?.url ?? '',
      line: location.lineNumber + 1,
      column: location.columnNumber + 1,
    }
    return inSource(frame, script?.sourceMapURL)
  }
}

/** The promise's value, or `undefined` once the time is up. */
async function within<T>(timeoutMs: number, promise: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, timeoutMs, undefined)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}

function isInternal(frame: StackFrame | undefined): boolean {
  return frame === undefined || frame.url === '' || frame.url.startsWith('node:')
}

export const SILENT: Look = { found: 'silent', frames: undefined }
/** How long to wait for each answer, ms. A thread that runs JavaScript answers in a few, on a loaded machine in many. */
const ANSWER_MS = 250
/** How long to wait until it has paused, once it has answered, ms. */
const PAUSE_MS = 60
/** A loop that mostly runs Node's own code, of microtasks or ticks, is caught outside of it sooner or later. */
const ATTEMPTS = 10
/** Defined on every thread by `workers/unwind.ts`. */
const UNWIND = "globalThis[Symbol.for('offmain.unwind')]()"

interface CallFrame {
  readonly functionName: string
  readonly location: { readonly scriptId: string; readonly lineNumber: number; readonly columnNumber: number }
}

interface Script {
  readonly url: string
  readonly sourceMapURL?: string
}

interface Reply {
  readonly id: number
  readonly method?: undefined
  readonly result?: { readonly result?: { readonly value?: unknown } }
}

type Message =
  | Reply
  | {
      readonly id?: undefined
      readonly method: 'Debugger.scriptParsed'
      readonly params: Script & { readonly scriptId: string }
    }
  | {
      readonly id?: undefined
      readonly method: 'Debugger.paused'
      readonly params: { readonly callFrames: CallFrame[] }
    }
