import { isAnyArrayBuffer, isArrayBufferView, isSharedArrayBuffer } from 'node:util/types'
import { isStandardPrototype } from './standard-prototype.js'

/** A typed array, DataView or buffer, taken apart. `kind` is the number of its class in the encoding. */
export interface BinaryPart {
  readonly kind: number
  readonly memory: ArrayBuffer | SharedArrayBuffer
  readonly byteOffset: number
  readonly byteLength: number
}

type BinaryClass =
  | Int8ArrayConstructor
  | Uint8ArrayConstructor
  | Uint8ClampedArrayConstructor
  | Int16ArrayConstructor
  | Uint16ArrayConstructor
  | Int32ArrayConstructor
  | Uint32ArrayConstructor
  | Float32ArrayConstructor
  | Float64ArrayConstructor
  | BigInt64ArrayConstructor
  | BigUint64ArrayConstructor
  | DataViewConstructor
  | ArrayBufferConstructor
  | SharedArrayBufferConstructor

/** The order is part of the encoding. */
const kinds: readonly BinaryClass[] = [
  Uint8Array,
  Int8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
  DataView,
  ArrayBuffer,
  SharedArrayBuffer,
]

const kindByName = new Map<string, number>(kinds.map(({ name }, kind) => [name, kind]))

// Own properties of a view can shadow `buffer` and the like: ask the getters of the language itself.
const typedArrayPrototype: object = Object.getPrototypeOf(Uint8Array.prototype)
const typedArray = {
  name: getter(typedArrayPrototype, Symbol.toStringTag),
  buffer: getter(typedArrayPrototype, 'buffer'),
  byteOffset: getter(typedArrayPrototype, 'byteOffset'),
  byteLength: getter(typedArrayPrototype, 'byteLength'),
}
const dataView = {
  buffer: getter(DataView.prototype, 'buffer'),
  byteOffset: getter(DataView.prototype, 'byteOffset'),
  byteLength: getter(DataView.prototype, 'byteLength'),
}
const arrayBufferLength = getter(ArrayBuffer.prototype, 'byteLength')
const sharedLength = getter(SharedArrayBuffer.prototype, 'byteLength')

/** Takes binary data apart; `undefined` when the value is none, or an instance of a subclass. Throws when detached. */
export function takeApart(value: object, prototype: object): BinaryPart | undefined {
  const view = isArrayBufferView(value)
  if (!view && !isAnyArrayBuffer(value)) return undefined
  const name = view ? String(typedArray.name.call(value) ?? 'DataView') : bufferName(value)
  const kind = kindByName.get(name) ?? -1
  const itsClass = kinds[kind]
  const isBuffer = itsClass === Uint8Array && prototype === Buffer.prototype
  if (itsClass === undefined || !(isBuffer || isStandardPrototype(prototype, itsClass))) return undefined
  if (!view) {
    const memory = value as ArrayBuffer | SharedArrayBuffer
    assertAttached(memory)
    const read = isSharedArrayBuffer(memory) ? sharedLength : arrayBufferLength
    return { kind, memory, byteOffset: 0, byteLength: Number(read.call(memory)) }
  }
  const read = itsClass === DataView ? dataView : typedArray
  const memory = read.buffer.call(value) as ArrayBuffer | SharedArrayBuffer
  assertAttached(memory)
  const byteOffset = Number(read.byteOffset.call(value))
  return { kind, memory, byteOffset, byteLength: Number(read.byteLength.call(value)) }
}

/** Puts binary data together on `memory`, without a copy. Throws when the numbers do not fit the memory. */
export function putTogether(
  kind: unknown,
  memory: ArrayBuffer | SharedArrayBuffer,
  byteOffset: number,
  byteLength: number,
): ArrayBuffer | SharedArrayBuffer | ArrayBufferView {
  const itsClass = typeof kind === 'number' ? kinds[kind] : undefined
  if (itsClass === undefined) throw new RangeError('unknown kind of binary data')
  if (itsClass === ArrayBuffer || itsClass === SharedArrayBuffer) {
    if (!(memory instanceof itsClass) || byteOffset !== 0 || byteLength !== memory.byteLength) {
      throw new RangeError('a buffer is not what its description says')
    }
    return memory
  }
  if (itsClass === DataView) return new DataView(memory, byteOffset, byteLength)
  const size = 'BYTES_PER_ELEMENT' in itsClass ? itsClass.BYTES_PER_ELEMENT : 1
  if (byteLength % size !== 0) throw new RangeError('a typed array ends within an element')
  return Reflect.construct(itsClass, [memory, byteOffset, byteLength / size])
}

function bufferName(value: object): string {
  return isSharedArrayBuffer(value) ? 'SharedArrayBuffer' : 'ArrayBuffer'
}

function assertAttached(memory: ArrayBuffer | SharedArrayBuffer): void {
  // Node 20 has no `detached`; a view on detached memory cannot be made.
  if (memory.byteLength === 0) new Uint8Array(memory)
}

function getter(prototype: object, name: PropertyKey): (this: unknown) => unknown {
  const get = Object.getOwnPropertyDescriptor(prototype, name)?.get
  if (get === undefined) throw new TypeError(`no getter ${String(name)}`)
  return get
}
