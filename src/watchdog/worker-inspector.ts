import { Session } from 'node:inspector'

/** One worker thread, as an inspector client speaks to it. */
export interface InspectedWorker {
  /** Sends a command; `undefined` when no answer came in time. */
  send(method: string, params?: object): Promise<Reply | undefined>
  /** Called with each event of the worker, from now on. */
  onEvent(listener: (event: InspectorEvent) => void): void
}

export interface Reply {
  readonly id: number
  readonly result?: { readonly result?: { readonly value?: unknown } }
}

export interface InspectorEvent {
  readonly id?: undefined
  readonly method: string
  readonly params: unknown
}

/**
 * Lets `use` speak to the worker thread through the inspector. All that do so at a time share one session, which is
 * opened for the first and closed after the last: attaching costs every worker of the process a little.
 *
 * @returns what `use` returns, or `otherwise` when no session can be had. Never rejects
 *
 * Source: Node's `NodeWorker` domain, which carries one session for each worker inside the main one.
 */
export async function inspectWorker<T>(
  threadId: number,
  otherwise: T,
  use: (worker: InspectedWorker) => Promise<T>,
): Promise<T> {
  try {
    shared ??= new SharedSession()
    const session = shared
    session.users++
    try {
      const worker = await session.worker(threadId)
      return worker === undefined ? otherwise : await use(worker)
    } finally {
      session.users--
      if (session.users === 0) {
        shared = undefined
        session.close()
      }
    }
  } catch {
    return otherwise
  }
}

let shared: SharedSession | undefined

class SharedSession {
  users = 0
  readonly #session = new Session()
  readonly #workers = new Map<string, Worker>()
  readonly #threads = new Map<number, Worker>()
  readonly #waiting = new Map<number, (worker: Worker) => void>()

  constructor() {
    this.#session.connect()
    this.#session.on('NodeWorker.attachedToWorker', ({ params }) => this.#attach(params))
    this.#session.on('NodeWorker.receivedMessageFromWorker', ({ params }) => {
      this.#workers.get(params.sessionId)?.receive(params.message)
    })
    this.#session.post('NodeWorker.enable', { waitForDebuggerOnStart: false })
  }

  worker(threadId: number): Promise<Worker | undefined> {
    const known = this.#threads.get(threadId)
    if (known !== undefined) return Promise.resolve(known)
    const attached = new Promise<Worker>((resolve) => {
      this.#waiting.set(threadId, resolve)
    })
    return within(ANSWER_MS, attached)
  }

  close(): void {
    this.#session.disconnect()
  }

  #attach({ sessionId, workerInfo }: { sessionId: string; workerInfo: { title: string } }): void {
    // `workerInfo.workerId` is not the thread id; the title has it.
    const threadId = Number(/^\[worker (\d+)\]/.exec(workerInfo.title)?.[1])
    const worker = new Worker(this.#session, sessionId)
    this.#workers.set(sessionId, worker)
    this.#threads.set(threadId, worker)
    this.#waiting.get(threadId)?.(worker)
    this.#waiting.delete(threadId)
  }
}

class Worker implements InspectedWorker {
  readonly #session: Session
  readonly #sessionId: string
  readonly #replies = new Map<number, (reply: Reply) => void>()
  #listener: (event: InspectorEvent) => void = () => {}
  #lastId = 0

  constructor(session: Session, sessionId: string) {
    this.#session = session
    this.#sessionId = sessionId
  }

  onEvent(listener: (event: InspectorEvent) => void): void {
    this.#listener = listener
  }

  send(method: string, params: object = {}): Promise<Reply | undefined> {
    const id = ++this.#lastId
    const reply = new Promise<Reply>((resolve) => {
      this.#replies.set(id, resolve)
    })
    const message = JSON.stringify({ id, method, params })
    this.#session.post('NodeWorker.sendMessageToWorker', { sessionId: this.#sessionId, message })
    return within(ANSWER_MS, reply)
  }

  receive(text: string): void {
    const message = JSON.parse(text) as Reply | InspectorEvent
    if (message.id === undefined) {
      this.#listener(message)
      return
    }
    this.#replies.get(message.id)?.(message)
    this.#replies.delete(message.id)
  }
}

/** The promise's value, or `undefined` once the time is up. */
export async function within<T>(ms: number, promise: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, ms, undefined)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}

/** A thread that runs JavaScript answers in a few ms, on a loaded machine in many; one in native code never does. */
const ANSWER_MS = 500
