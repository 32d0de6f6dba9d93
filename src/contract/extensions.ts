import { putTogether } from './binary.js'
import type { Attachment } from './strict-value.js'

/** What MessagePack has no form for, and how its parts are laid out. The numbers are part of the encoding. */
export const tags = {
  /** key, value, key, value … */
  map: 0,
  /** item, item … */
  set: 1,
  /** `.key`, value … : a plain object whose keys msgpackr could change */
  object: 2,
  /** `.key`, value … : an object without prototype */
  bare: 3,
  /** `.text`: a string that msgpackr could change */
  text: 4,
  /** kind, bytes */
  binary: 5,
  /** kind, place of the attachment, byteOffset, byteLength */
  attachment: 6,
} as const

/** Stands in the packed value for one that MessagePack has no form for: written as one extension holding an array. */
export class Tagged {
  constructor(readonly parts: readonly unknown[]) {}
}

/** The type number of the one extension. Extensions are global in msgpackr: a task's own must not take this number. */
export const taggedType = 0x6f

/** Turns the parts of a {@link Tagged} back into the value. Throws when they make none. */
export function revive(parts: unknown, attachments: readonly Attachment[] | undefined): unknown {
  if (!Array.isArray(parts)) throw malformed()
  switch (parts[0]) {
    case tags.map:
      return reviveMap(parts)
    case tags.set:
      return new Set(parts.slice(1))
    case tags.object:
      return reviveObject(parts, {})
    case tags.bare:
      return reviveObject(parts, Object.create(null))
    case tags.text:
      return reviveText(parts[1])
    case tags.binary: {
      const bytes: unknown = parts[2]
      if (!(bytes instanceof Uint8Array)) throw malformed()
      return putTogether(parts[1], bytes.buffer, bytes.byteOffset, bytes.byteLength)
    }
    case tags.attachment: {
      const [, kind, place, byteOffset, byteLength] = parts
      const memory = typeof place === 'number' ? attachments?.[place] : undefined
      if (memory === undefined || !isSize(byteOffset) || !isSize(byteLength)) throw malformed()
      return putTogether(kind, memory, byteOffset, byteLength)
    }
    default:
      throw malformed()
  }
}

function reviveMap(parts: readonly unknown[]): Map<unknown, unknown> {
  if (parts.length % 2 === 0) throw malformed()
  const map = new Map<unknown, unknown>()
  for (let i = 1; i < parts.length; i += 2) map.set(parts[i], parts[i + 1])
  return map
}

function reviveObject(parts: readonly unknown[], object: Record<string, unknown>): Record<string, unknown> {
  if (parts.length % 2 === 0) throw malformed()
  for (let i = 1; i < parts.length; i += 2) {
    const key = reviveText(parts[i])
    if (key === '__proto__') throw malformed()
    object[key] = parts[i + 1]
  }
  return object
}

function reviveText(text: unknown): string {
  if (typeof text !== 'string' || !text.startsWith('.')) throw malformed()
  return text.slice(1)
}

function isSize(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

function malformed(): Error {
  return new TypeError('malformed extension')
}
