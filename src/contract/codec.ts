import { addExtension, Packr } from 'msgpackr/pack'
import { Unpackr } from 'msgpackr/unpack'
import { revive, Tagged, taggedType } from './extensions.js'
import { onePerThread } from './one-per-thread.js'
import { decodeScalar, encodeScalar, isScalar } from './scalar.js'
import {
  type Attachment,
  DEFAULT_PAYLOAD_LIMITS,
  NotSerializableError,
  type PayloadLimits,
  refuseSize,
  takeAttachments,
  walkStrictly,
} from './strict-value.js'
import { DecodeError, scanMessage } from './wire-scan.js'

export { share, transfer } from './transfer.js'
export { DecodeError } from './wire-scan.js'

/** A value as it crosses between threads. */
export interface Encoded {
  /** MessagePack, of exact size. When small it lies in Node's pool: copy it into a frame, never transfer it. */
  readonly bytes: Uint8Array
  /** Buffers that travel beside the bytes: transferred, or shared where they are a SharedArrayBuffer. */
  readonly attachments: readonly Attachment[] | undefined
}

// Maps, not records: for the small objects most calls carry they pack 1.5 and unpack 1.6 times faster. Records unpack
// 1000 rows 2.5 times faster, but by compiling the message's keys to code, out of reach of a scan and of a strict CSP.
const options = {
  useRecords: false,
  variableMapSize: true,
  structuredClone: false,
  useToJSON: false,
  useBigIntExtension: true,
  copyBuffers: true,
} as const

const packr = new Packr({ ...options })
const unpackr = new Unpackr({ ...options })

/**
 * The attachments of the value being decoded. Extensions are global in msgpackr, and the last copy of this module that
 * registers one serves all: so all copies, such as those of two installations of offmain, share this place.
 */
const arrival = onePerThread('arrival.1', (): Arrival => ({ attachments: undefined }))

addExtension({
  Class: Tagged,
  type: taggedType,
  write: (value: Tagged) => value.parts,
  read: (parts: unknown) => revive(parts, arrival.attachments),
})

/** A slab that one large value has grown is given back. */
const keptSlab = 1024 * 1024

/**
 * Encodes a value exactly, or throws {@link NotSerializableError} with the place of what cannot cross.
 *
 * Crosses: null, undefined, booleans, numbers (`-0` as `0`), well-formed strings, bigints, dates, arrays, plain objects,
 * objects without prototype, Map, Set, typed arrays (a Buffer arrives as Uint8Array), DataView, ArrayBuffer. Buffers
 * above 64 KiB are copied once and attached; those marked by `transfer` or `share` are attached as they are. An object
 * met twice is sent twice.
 */
export function encode(value: unknown, limits: PayloadLimits = DEFAULT_PAYLOAD_LIMITS): Encoded {
  const scalar = encodeScalar(value)
  if (scalar !== undefined && scalar.length <= limits.bytes) return { bytes: scalar, attachments: undefined }
  const packable = walkStrictly(value, limits)
  const attachments = takeAttachments()
  const packed = pack(packable)
  if (packed.length > limits.bytes) refuseSize(limits.bytes)
  // A view on msgpackr's slab would carry other users' values along.
  const bytes = Buffer.allocUnsafe(packed.length)
  bytes.set(packed)
  if (packed.length > keptSlab) packr.useBuffer(Buffer.allocUnsafeSlow(8192))
  return { bytes, attachments }
}

/**
 * Decodes what {@link encode} wrote. Nothing of the result lies in the memory of `bytes`.
 *
 * Throws {@link DecodeError} for anything else.
 */
export function decode(bytes: Uint8Array, attachments?: readonly Attachment[]): unknown {
  if (isScalar(bytes)) return decodeScalar(bytes)
  const source = ownView(bytes)
  if (source.length > WORTH_NATIVE) accelerate()
  scanMessage(source)
  arrival.attachments = attachments
  try {
    return unpackr.unpack(source)
  } catch {
    // No cause: msgpackr's messages quote the payload.
    throw new DecodeError('an extension is malformed')
  } finally {
    arrival.attachments = undefined
  }
}

/**
 * msgpackr's native part finds the strings of large values faster. Loading it takes 20 ms of each thread's start, so that
 * waits for the first value that is worth it.
 */
function accelerate(): void {
  if (isAccelerated) return
  isAccelerated = true
  import('msgpackr').catch(() => {})
}

let isAccelerated = false
const WORTH_NATIVE = 4 * 1024

interface Arrival {
  attachments: readonly Attachment[] | undefined
}

function pack(packable: unknown): Uint8Array {
  try {
    return packr.pack(packable)
  } catch (error) {
    throw new NotSerializableError([], 'a value msgpackr cannot pack', 'send less at once', { cause: error })
  }
}

/** msgpackr leaves a mark on the object it reads, and shared memory could change between scan and read. */
function ownView(bytes: Uint8Array): Uint8Array {
  const { buffer, byteOffset, byteLength } = bytes
  return buffer instanceof ArrayBuffer ? new Uint8Array(buffer, byteOffset, byteLength) : new Uint8Array(bytes)
}
