/// <reference lib="es2024.string" />
import { isDate, isMap, isProxy, isSet, isSharedArrayBuffer } from 'node:util/types'
import { type BinaryPart, takeApart } from './binary.js'
import { Tagged, tags } from './extensions.js'
import { CollectionStep, NotSerializableError, type Step } from './not-serializable.js'
import {
  accessor,
  arrayFault,
  extraFault,
  type Fault,
  hiddenFault,
  hole,
  instanceFault,
  isExactArray,
} from './object-shape.js'
import { isStandardPrototype } from './standard-prototype.js'
import { travelsBeside } from './transfer.js'

export { NotSerializableError } from './not-serializable.js'

/** Memory that travels beside the bytes. */
export type Attachment = ArrayBuffer | SharedArrayBuffer

/** How large one value may be. */
export interface PayloadLimits {
  /** Encoded bytes, copied attachments included; transferred and shared memory is not counted. */
  readonly bytes: number
  /** Levels of objects within objects; more than {@link deepest} are never taken. */
  readonly depth: number
}

export const DEFAULT_PAYLOAD_LIMITS: PayloadLimits = { bytes: 64 * 1024 * 1024, depth: 500 }

/** Beyond this many levels the stack of a thread is not safe. */
export const deepest = 500

/** Binary data up to this size goes into the bytes; larger data is copied once and attached. */
const inlineBytes = 64 * 1024

/** msgpackr without its native addon drops a byte order mark at the start of strings above 64 bytes. */
const markedLength = 20

const { getOwnPropertyDescriptor, getOwnPropertyNames, getOwnPropertySymbols, getPrototypeOf } = Object
const { forEach: forEachEntry } = Map.prototype
const { forEach: forEachItem } = Set.prototype
const { getTime } = Date.prototype
const lookupGetter: (this: object, index: number) => unknown = Reflect.get(Object.prototype, '__lookupGetter__')

// One walk at a time: it runs no code but ours, since getters, proxies and toJSON are never touched.
// `steps[i]` leads from `holders[i]` to the value it holds at level i + 1; nothing is allocated for a path until a failure.
const steps: Step[] = []
const holders: (object | undefined)[] = []
// Rows have the same keys: those accepted last need no second look.
const knownKeys: (string | undefined)[] = new Array(32).fill(undefined)
let bytesLeft = 0
let bytesAllowed = 0
let depthLimit = 0
let attachments: Attachment[] | undefined

/**
 * Checks that a value crosses exactly, running no foreign code, and returns it in the form that is packed: itself, or a
 * copy in which {@link Tagged} stands for what MessagePack has no form for.
 */
export function walkStrictly(value: unknown, limits: PayloadLimits): unknown {
  bytesAllowed = limits.bytes
  bytesLeft = limits.bytes
  depthLimit = Math.min(limits.depth, deepest)
  attachments = undefined
  try {
    return walk(value, 0)
  } catch (error) {
    attachments = undefined
    holders.length = 0
    steps.length = 0
    if (error instanceof NotSerializableError) throw error
    throw new NotSerializableError([], 'a value that cannot be read', 'send plain data', { cause: error })
  }
}

/** Hands over the attachments of the last walk. */
export function takeAttachments(): readonly Attachment[] | undefined {
  const taken = attachments
  attachments = undefined
  return taken
}

/** Refuses a value that became too large once it was packed. */
export function refuseSize(limit: number): never {
  throw new NotSerializableError([], `more than ${limit} bytes`, 'raise maxPayload.bytes, or transfer large buffers')
}

function walk(value: unknown, level: number): unknown {
  switch (typeof value) {
    case 'string':
      return walkString(value, level)
    case 'object':
      return value === null ? null : walkObject(value, level)
    case 'function':
      return fail(level, 'function', 'send data and let the task class hold the code')
    case 'symbol':
      return fail(level, 'symbol', 'send a string')
    default:
      return value
  }
}

function walkString(text: string, level: number): unknown {
  spend(text.length, level)
  if (!text.isWellFormed()) fail(level, 'string with a lone surrogate', 'use toWellFormed(), or send bytes')
  return text.length > markedLength && text.charCodeAt(0) === 0xfeff ? new Tagged([tags.text, `.${text}`]) : text
}

function walkObject(value: object, level: number): unknown {
  if (isProxy(value)) fail(level, 'proxy', 'send a plain copy of what it stands for')
  for (let i = 0; i < level; i++) if (holders[i] === value) failCycle(level, i)
  if (level >= depthLimit) fail(level, `more than ${depthLimit} levels`, 'flatten it, or raise maxPayload.depth')
  holders[level] = value
  const prototype: object | null = getPrototypeOf(value)
  let packed: unknown
  if (prototype === Object.prototype) packed = walkProperties(value, level, false)
  else if (prototype === Array.prototype && Array.isArray(value)) packed = walkArray(value, level)
  else packed = walkOther(value, prototype, level)
  holders[level] = undefined
  return packed
}

function walkProperties(value: object, level: number, bare: boolean): unknown {
  let count = 0
  let asEntries = bare
  let replaced: Record<string, unknown> | undefined
  for (const key in value) {
    const property = getOwnPropertyDescriptor(value, key)
    if (property === undefined) continue
    count++
    steps[level] = key
    if (property.get !== undefined || property.set !== undefined) failWith(accessor, level + 1)
    if (key !== knownKeys[count & 31]) {
      if (checkKey(key, level)) asEntries = true
      else knownKeys[count & 31] = key
    }
    bytesLeft -= key.length + 1
    const child: unknown = property.value
    if (typeof child === 'number') continue
    const packed = walk(child, level + 1)
    if (packed !== child && typeof packed === 'object') {
      replaced ??= {}
      replaced[key] = packed
    }
  }
  spend(0, level)
  if (getOwnPropertyNames(value).length !== count || getOwnPropertySymbols(value).length !== 0) {
    failWith(hiddenFault(value), level)
  }
  const packed: object = replaced === undefined ? value : { ...value, ...replaced }
  if (!asEntries) return packed
  const parts: unknown[] = [bare ? tags.bare : tags.object]
  for (const [key, child] of Object.entries(packed)) parts.push(`.${key}`, child)
  return new Tagged(parts)
}

/** Refuses a key that cannot cross; tells whether it needs another form than a key's. */
function checkKey(key: string, level: number): boolean {
  if (key === '__proto__') fail(level + 1, 'own __proto__ key', 'rename the key, or send a Map')
  if (!key.isWellFormed()) fail(level + 1, 'key with a lone surrogate', 'use toWellFormed() on the key')
  return key.length > markedLength && key.charCodeAt(0) === 0xfeff
}

function walkArray(value: readonly unknown[], level: number): unknown {
  const { length } = value
  spend(length, level)
  if (!isExactArray(value)) failWith(arrayFault(value), level)
  let copy: unknown[] | undefined
  for (let i = 0; i < length; i++) {
    steps[level] = i
    if (lookupGetter.call(value, i) !== undefined) failWith(accessor, level + 1)
    const child = value[i]
    if (child === undefined && getOwnPropertyDescriptor(value, i) === undefined) failWith(hole, level + 1)
    const packed = walk(child, level + 1)
    if (packed !== child && typeof packed === 'object') {
      copy ??= value.slice(0, i)
      copy[i] = packed
    } else if (copy !== undefined) copy[i] = child
  }
  return copy ?? value
}

function walkOther(value: object, prototype: object | null, level: number): unknown {
  if (prototype === null) return walkProperties(value, level, true)
  if (isDate(value) && isStandardPrototype(prototype, Date)) return walkDate(value, prototype, level)
  if (isMap(value) && isStandardPrototype(prototype, Map)) return walkMap(value, level)
  if (isSet(value) && isStandardPrototype(prototype, Set)) return walkSet(value, level)
  const binary = tryTakeApart(value, prototype, level)
  if (binary !== undefined) return walkBinary(binary, level)
  if (Array.isArray(value) && isStandardPrototype(prototype, Array)) return walkArray(value, level)
  if (isStandardPrototype(prototype, Object)) return walkProperties(value, level, false)
  return failWith(instanceFault(prototype), level)
}

function walkDate(value: Date, prototype: object, level: number): Date {
  const time = getTime.call(value)
  if (Number.isNaN(time)) fail(level, 'invalid date', 'send null, or a valid date')
  refuseExtras(value, level)
  return prototype === Date.prototype ? value : new Date(time)
}

function walkMap(value: ReadonlyMap<unknown, unknown>, level: number): Tagged {
  refuseExtras(value, level)
  const parts: unknown[] = [tags.map]
  forEachEntry.call(value, (child, key) => {
    const index = (parts.length - 1) / 2
    spend(2, level)
    steps[level] = new CollectionStep('map key', index)
    parts.push(walk(key, level + 1))
    steps[level] = new CollectionStep('map value', index, key)
    parts.push(walk(child, level + 1))
  })
  steps[level] = ''
  return new Tagged(parts)
}

function walkSet(value: ReadonlySet<unknown>, level: number): Tagged {
  refuseExtras(value, level)
  const parts: unknown[] = [tags.set]
  forEachItem.call(value, (item) => {
    spend(1, level)
    steps[level] = new CollectionStep('set', parts.length - 1)
    parts.push(walk(item, level + 1))
  })
  return new Tagged(parts)
}

function tryTakeApart(value: object, prototype: object, level: number): BinaryPart | undefined {
  try {
    return takeApart(value, prototype)
  } catch {
    return fail(
      level,
      'detached buffer',
      'it was transferred before: send a copy, or the buffer that holds the data now',
    )
  }
}

function walkBinary({ kind, memory, byteOffset, byteLength }: BinaryPart, level: number): Tagged {
  if (travelsBeside(memory)) return new Tagged([tags.attachment, kind, attach(memory), byteOffset, byteLength])
  if (isSharedArrayBuffer(memory)) {
    return fail(level, 'SharedArrayBuffer', 'mark it with share() to pass it by reference, or send a copy')
  }
  spend(byteLength, level)
  const bytes = new Uint8Array(memory, byteOffset, byteLength)
  if (byteLength <= inlineBytes) return new Tagged([tags.binary, kind, bytes])
  const copy = new Uint8Array(byteLength)
  copy.set(bytes)
  return new Tagged([tags.attachment, kind, attach(copy.buffer), 0, byteLength])
}

function attach(memory: Attachment): number {
  attachments ??= []
  const place = attachments.indexOf(memory)
  return place === -1 ? attachments.push(memory) - 1 : place
}

function spend(bytes: number, level: number): void {
  bytesLeft -= bytes
  if (bytesLeft < 0) {
    fail(level, `more than ${bytesAllowed} bytes`, 'raise maxPayload.bytes, or transfer large buffers')
  }
}

function refuseExtras(value: object, level: number): void {
  if (getOwnPropertyNames(value).length !== 0) failWith(extraFault(value), level)
}

function failCycle(level: number, ancestor: number): never {
  const back = new NotSerializableError(steps.slice(0, ancestor), '', '').path
  return fail(level, 'circular reference', `it leads back to ${back}; send an id instead`)
}

function failWith({ found, hint, step }: Fault, level: number): never {
  if (step === undefined) fail(level, found, hint)
  steps[level] = step
  return fail(level + 1, found, hint)
}

function fail(level: number, found: string, hint: string): never {
  throw new NotSerializableError(steps.slice(0, level), found, hint)
}
