import { decode, encode } from './codec.js'

/**
 * A frame carries one batch to a thread in one transferred buffer:
 *
 * ```
 *   batch  count  definitions length  -      4 words
 *   id low  id high  task  user  connection  parameters length  attachments  -      8 words a call
 *   definitions: tasks and users that this thread has not met yet
 *   parameters of call 0, of call 1, …
 * ```
 *
 * Words are 32 bits in the machine's own byte order: a frame never leaves the process.
 */
export interface FrameCall {
  readonly id: number
  readonly taskKey: number
  /** 0: the call has no user. */
  readonly userKey: number
  readonly connection: ConnectionUse
  readonly parameters: Uint8Array
  readonly attachments: readonly (ArrayBuffer | SharedArrayBuffer)[] | undefined
}

/** Whether the call's task gets a user connection. */
export const ConnectionUse = { none: 0, required: 1, asTheClassSays: 2 } as const
export type ConnectionUse = (typeof ConnectionUse)[keyof typeof ConnectionUse]

/** What a thread must know before its first call of a task or for a user. */
export interface Definitions {
  /** Key, module URL, export name. */
  readonly tasks: readonly (readonly [key: number, url: string, exportName: string])[]
  /** Key, encoded `User`. */
  readonly users: readonly (readonly [key: number, user: Uint8Array])[]
  /** The thread forgets all users it knows first, so that its memory stays bounded. */
  readonly forgetUsers: boolean
}

export function encodeFrame(
  batch: number,
  calls: readonly FrameCall[],
  definitions: Definitions | undefined,
): Uint8Array<ArrayBuffer> {
  const described = definitions === undefined ? EMPTY : encode(definitions).bytes
  const start = (HEADER_WORDS + calls.length * CALL_WORDS) * 4
  let size = start + described.length
  for (const call of calls) size += call.parameters.length

  const buffer = new ArrayBuffer(size)
  const frame = new Uint8Array(buffer)
  const words = new Uint32Array(buffer, 0, start / 4)
  words[0] = batch
  words[1] = calls.length
  words[2] = described.length
  frame.set(described, start)
  let at = HEADER_WORDS
  let offset = start + described.length
  for (const call of calls) {
    words[at] = call.id >>> 0
    words[at + 1] = Math.floor(call.id / 2 ** 32)
    words[at + 2] = call.taskKey
    words[at + 3] = call.userKey
    words[at + 4] = call.connection
    words[at + 5] = call.parameters.length
    words[at + 6] = call.attachments?.length ?? 0
    frame.set(call.parameters, offset)
    at += CALL_WORDS
    offset += call.parameters.length
  }
  return frame
}

/** Reads a frame call by call, on the thread. */
export class FrameReader {
  readonly batch: number
  readonly count: number
  readonly definitions: Definitions | undefined
  readonly #bytes: Uint8Array
  readonly #words: Uint32Array
  readonly #attachments: readonly (ArrayBuffer | SharedArrayBuffer)[]
  #offset: number
  #attachment = 0

  constructor(bytes: Uint8Array<ArrayBuffer>, attachments: readonly (ArrayBuffer | SharedArrayBuffer)[]) {
    this.#bytes = bytes
    this.#attachments = attachments
    const count = new Uint32Array(bytes.buffer, 0, HEADER_WORDS)[1] ?? 0
    this.#words = new Uint32Array(bytes.buffer, 0, HEADER_WORDS + count * CALL_WORDS)
    this.batch = this.#word(0)
    this.count = count
    const start = this.#words.byteLength
    this.#offset = start + this.#word(2)
    this.definitions = this.#offset === start ? undefined : (decode(bytes.subarray(start, this.#offset)) as Definitions)
  }

  /** Call `index`; calls are read once each, in order. */
  read(index: number): FrameCall {
    const at = HEADER_WORDS + index * CALL_WORDS
    const begin = this.#offset
    this.#offset += this.#word(at + 5)
    const attached = this.#word(at + 6)
    this.#attachment += attached
    return {
      id: this.#word(at) + this.#word(at + 1) * 2 ** 32,
      taskKey: this.#word(at + 2),
      userKey: this.#word(at + 3),
      connection: this.#word(at + 4) as ConnectionUse,
      parameters: this.#bytes.subarray(begin, this.#offset),
      attachments: attached === 0 ? undefined : this.#attachments.slice(this.#attachment - attached, this.#attachment),
    }
  }

  #word(index: number): number {
    return this.#words[index] ?? 0
  }
}

const HEADER_WORDS = 4
const CALL_WORDS = 8
const EMPTY = new Uint8Array(0)
