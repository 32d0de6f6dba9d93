import { taggedType } from './extensions.js'
import { deepest } from './strict-value.js'

/** The bytes are not a message that `encode` could have written. Its text never quotes them. */
export class DecodeError extends Error {
  constructor(reason: string, offset?: number) {
    super(`not a message of offmain: ${reason}${offset === undefined ? '' : ` at byte ${offset}`}`)
    this.name = 'DecodeError'
  }
}

/** A level of a Map or Set takes two levels of the encoding. */
const deepestEncoding = 2 * deepest + 2
/** Years ±275 760, the range of Date. */
const latestSecond = 8_640_000_000_000

/** How many bytes follow the first one of a value, where that byte tells; else -1. */
const fixedSize = new Int8Array(256).fill(-1)
fixedSize.fill(0, 0x00, 0x80)
fixedSize.fill(0, 0xe0, 0x100)
for (let length = 0; length < 32; length++) fixedSize[0xa0 + length] = length
for (const token of [0xc0, 0xc2, 0xc3]) fixedSize[token] = 0
for (const token of [0xcc, 0xd0]) fixedSize[token] = 1
for (const token of [0xcd, 0xd1]) fixedSize[token] = 2
for (const token of [0xca, 0xce, 0xd2]) fixedSize[token] = 4
for (const token of [0xcb, 0xcf, 0xd3]) fixedSize[token] = 8

let view: DataView = new DataView(new ArrayBuffer(0))
let at = 0
let end = 0

/**
 * Reads a message's structure without building anything, so that msgpackr only ever sees what its own encoder writes:
 * known types, lengths that fit, string keys, a bounded depth, no bytes left over. In particular no record definitions,
 * which msgpackr would compile to code.
 */
export function scanMessage(bytes: Uint8Array): void {
  view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  at = 0
  end = bytes.byteLength
  try {
    scanValue(0)
  } catch (error) {
    throw error instanceof DecodeError ? error : new DecodeError('it ends too early', at)
  }
  if (at !== end) throw new DecodeError('bytes are left over', at)
}

function scanValue(level: number): void {
  if (level > deepestEncoding) throw new DecodeError('it is nested too deeply', at)
  const token = view.getUint8(at++)
  const size = fixedSize[token] ?? -1
  if (size >= 0) skip(size)
  else if (token < 0x90) scanMap(token & 0x0f, level)
  else if (token < 0xa0) scanArray(token & 0x0f, level)
  else scanSized(token, level)
}

function scanSized(token: number, level: number): void {
  if (token === 0xd4) scanTagged(level)
  else if (token === 0xc4 || token === 0xd9) skip(lengthOf8())
  else if (token === 0xc5 || token === 0xda) skip(lengthOf16())
  else if (token === 0xc6 || token === 0xdb) skip(lengthOf32())
  else if (token === 0xdc) scanArray(lengthOf16(), level)
  else if (token === 0xdd) scanArray(lengthOf32(), level)
  else if (token === 0xde) scanMap(lengthOf16(), level)
  else if (token === 0xdf) scanMap(lengthOf32(), level)
  else if (token === 0xd6) scanExtension(4)
  else if (token === 0xd7) scanExtension(8)
  else if (token === 0xd8) scanExtension(16)
  else if (token === 0xc7) scanExtension(lengthOf8())
  else if (token === 0xc8) scanExtension(lengthOf16())
  else if (token === 0xc9) scanExtension(lengthOf32())
  else throw new DecodeError('an unknown type', at - 1)
}

function scanArray(length: number, level: number): void {
  if (length > end - at) throw new DecodeError('it ends too early', at)
  for (let i = 0; i < length; i++) scanValue(level + 1)
}

function scanMap(length: number, level: number): void {
  if (length * 2 > end - at) throw new DecodeError('it ends too early', at)
  for (let i = 0; i < length; i++) {
    scanKey()
    scanValue(level + 1)
  }
}

function scanKey(): void {
  const token = view.getUint8(at++)
  let length: number
  if (token >= 0xa0 && token < 0xc0) length = token & 0x1f
  else if (token === 0xd9) length = lengthOf8()
  else if (token === 0xda) length = lengthOf16()
  else if (token === 0xdb) length = lengthOf32()
  else throw new DecodeError('a key that is no string', at - 1)
  const start = at
  skip(length)
  // `__proto__`: 5f5f 7072 6f74 6f 5f5f
  if (length === 9 && view.getUint32(start) === 0x5f5f7072 && view.getUint32(start + 4) === 0x6f746f5f) {
    if (view.getUint8(start + 8) === 0x5f) throw new DecodeError('a forbidden key', start)
  }
}

/** `undefined`, or one of our own extensions: an array with a type before it. */
function scanTagged(level: number): void {
  const type = view.getUint8(at++)
  if (view.getUint8(at++) !== 0) throw new DecodeError('an unknown type', at - 1)
  if (type === 0) return
  const next = type === taggedType ? view.getUint8(at) : 0
  if ((next & 0xf0) !== 0x90 && next !== 0xdc && next !== 0xdd) throw new DecodeError('an unknown type', at - 1)
  scanValue(level + 1)
}

/** A date or a large bigint, as msgpackr writes them. */
function scanExtension(length: number): void {
  const type = view.getUint8(at++)
  const start = at
  skip(length)
  if (type === 0x42 && length > 8) return
  if (type === 0xff && (length === 4 || length === 8)) return
  if (type === 0xff && length === 12) {
    const seconds = view.getInt32(start + 4) * 0x1_0000_0000 + view.getUint32(start + 8)
    const nanoseconds = view.getUint32(start)
    const last = seconds === latestSecond && nanoseconds === 0
    if (last || (Math.abs(seconds) <= latestSecond && seconds !== latestSecond && nanoseconds < 1_000_000_000)) return
  }
  throw new DecodeError('an unknown type', start - 1)
}

function skip(length: number): void {
  at += length
  if (at > end) throw new DecodeError('it ends too early', end)
}

function lengthOf8(): number {
  return view.getUint8(at++)
}

function lengthOf16(): number {
  at += 2
  return view.getUint16(at - 2)
}

function lengthOf32(): number {
  at += 4
  return view.getUint32(at - 4)
}
