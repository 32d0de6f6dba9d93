/// <reference lib="es2024.string" />
import { isProxy } from 'node:util/types'
import { NotSerializableError, takeAttachments, walkStrictly } from './strict-value.js'

const fieldLimits = { bytes: 4 * 1024, depth: 8 }

/** A value that crosses, and whether it is all of the original. */
export interface FieldValue {
  readonly value: unknown
  readonly exact: boolean
}

/** Reads a property of something hostile; `undefined` when it cannot be read. */
export function readField(holder: object, name: string): unknown {
  if (isProxy(holder)) return undefined
  try {
    return Reflect.get(holder, name)
  } catch {
    return undefined
  }
}

/** The text of a name, message or stack; empty when it is no primitive. */
export function fieldText(value: unknown, longest: number): string {
  if (value === undefined || value === null || typeof value === 'object' || typeof value === 'function') return ''
  return shortened(String(value), longest)
}

/** A well-formed text of bounded length that says how much was left out. */
export function shortened(text: string, longest: number): string {
  if (text.length <= longest) return text.toWellFormed()
  return `${text.slice(0, longest).toWellFormed()}… (${text.length - longest} more characters)`
}

/** A field as it can cross: itself where it is plain and small, else a short text that says what it was. */
export function fieldValue(value: unknown): FieldValue {
  if (typeof value === 'string') {
    const text = shortened(value, fieldLimits.bytes)
    return { value: text, exact: text === value }
  }
  try {
    walkStrictly(value, fieldLimits)
    if (takeAttachments() === undefined) return { value, exact: true }
    return { value: '[buffer]', exact: false }
  } catch (error) {
    const found = error instanceof NotSerializableError && error.path === '$' ? error.found : 'object'
    return { value: `[${found}]`, exact: false }
  }
}
