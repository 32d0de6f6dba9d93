import { encode } from '../src/contract/codec.js'
import type { ControlBlock } from '../src/contract/control-block.js'
import type { TaskContext, User } from '../src/contract/task.js'

/** At most one progress message of a call in this time, ms; the last value always gets through. */
export const PROGRESS_INTERVAL_MS = 50

/** What a running call sees of itself. Its signal is made when the task first looks at it. */
export class CallContext implements TaskContext {
  readonly taskId: number
  readonly user: User | undefined
  readonly #index: number
  readonly #control: ControlBlock
  readonly #post: (value: Uint8Array) => void
  #controller: AbortController | undefined
  #ended = false
  #lastPost = Number.NEGATIVE_INFINITY
  #held: Uint8Array | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(
    taskId: number,
    user: User | undefined,
    index: number,
    control: ControlBlock,
    post: (value: Uint8Array) => void,
  ) {
    this.taskId = taskId
    this.user = user
    this.#index = index
    this.#control = control
    this.#post = post
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController()
      if (!this.#ended) {
        this.#control.look(this.#index)
        this.#makeLive(this.#controller)
      }
    }
    return this.#controller.signal
  }

  /** Works without its context too, as in `run(parameters, { progress })`. */
  get progress(): (value: unknown) => void {
    return (value) => this.#report(value)
  }

  #report(value: unknown): void {
    if (this.#ended) return
    // A copy of the pooled encoding: it is held, or posted whole.
    this.#held = Uint8Array.from(encode(value).bytes)
    const wait = this.#lastPost + PROGRESS_INTERVAL_MS - performance.now()
    if (wait <= 0) this.#flush()
    else this.#timer ??= setTimeout(() => this.#flush(), wait).unref()
  }

  /** The call has been asked to stop. */
  abort(): void {
    this.#controller?.abort(new DOMException('The call was asked to stop', 'AbortError'))
  }

  /** The call has ended: the last progress goes out, nothing after it. */
  end(): void {
    if (this.#held !== undefined) this.#flush()
    this.#ended = true
  }

  #flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#held === undefined) return
    this.#post(this.#held)
    this.#held = undefined
    this.#lastPost = performance.now()
  }

  /** A synchronous loop never sees the event that aborts the signal; reading `aborted` reads the shared memory too. */
  #makeLive(controller: AbortController): void {
    const { signal } = controller
    const isAborted = Object.getOwnPropertyDescriptor(AbortSignal.prototype, 'aborted')?.get as () => boolean
    const look = (): boolean => {
      if (!this.#ended && this.#control.isAsked(this.#index)) this.abort()
      return isAborted.call(signal)
    }
    Object.defineProperty(signal, 'aborted', { get: look })
    Object.defineProperty(signal, 'throwIfAborted', {
      value: () => {
        if (look()) throw signal.reason
      },
    })
  }
}
