/// <reference lib="es2024.string" />
import { isNativeError, isProxy } from 'node:util/types'
import { fieldText, fieldValue, readField, shortened } from './error-fields.js'

/** An error, or anything else that was thrown, as plain data that `encode` accepts. */
export interface ErrorRecord {
  readonly thrown: 'error' | 'value'
  readonly name: string
  readonly message: string
  /** As on the thread that threw. */
  readonly stack?: string
  readonly code?: string | number
  readonly cause?: ErrorCause
  /** Of an AggregateError: the first 20. */
  readonly errors?: readonly ErrorRecord[]
  /** The error's own further fields, at most 32; one that is not plain is described in brackets. */
  readonly fields?: Readonly<Record<string, unknown>>
}

/** What stands behind an error: another error, or a plain value. */
export type ErrorCause =
  | { readonly kind: 'error'; readonly record: ErrorRecord }
  | { readonly kind: 'value'; readonly value: unknown }

const longestMessage = 8 * 1024
const longestStack = 16 * 1024
const longestName = 256
const deepestCause = 5
const mostErrors = 20
const mostFields = 32
/** Of all nested errors together: aggregates of aggregates multiply. */
const mostRecords = 100

/** Fields with a place of their own in the record, and names that would touch a prototype. */
const notFields: ReadonlySet<string> = new Set([
  ...['name', 'message', 'stack', 'code', 'cause', 'errors'],
  ...['__proto__', 'constructor', 'prototype'],
])

/** The way down to a nested error, and how many records there are so far. */
interface Descent {
  readonly above: readonly unknown[]
  readonly made: { records: number }
}

/**
 * Turns whatever was thrown into plain data. Never throws; touches no proxy, and runs no code of the thrown value but
 * getters of its fields.
 */
export function toErrorRecord(thrown: unknown): ErrorRecord {
  try {
    return toRecord(thrown, { above: [], made: { records: 0 } })
  } catch {
    return { thrown: 'value', name: 'Error', message: 'thrown something that cannot be read' }
  }
}

/**
 * Makes an error of a record: of the standard class its name says, else an Error of that name, with the stack it had on
 * its thread. A thrown value becomes an Error that says what was thrown, and carries it as `cause` when it was plain.
 */
export function reviveError(record: ErrorRecord): Error {
  const { name, message, cause, errors, fields } = record
  const options = cause === undefined ? undefined : { cause: reviveCause(cause) }
  const nested = errors?.map(reviveError)
  const error =
    name === 'AggregateError'
      ? new AggregateError(nested ?? [], message, options)
      : new (standardErrors.get(name) ?? Error)(message, options)
  if (nested !== undefined && name !== 'AggregateError') hide(error, 'errors', nested)
  if (error.name !== name) hide(error, 'name', name)
  hide(error, 'stack', record.stack ?? `${name}: ${message}`)
  if (record.code !== undefined) Object.assign(error, { code: record.code })
  for (const [key, value] of Object.entries(fields ?? {})) {
    if (!notFields.has(key)) Object.defineProperty(error, key, { ...ordinary, enumerable: true, value })
  }
  return error
}

const standardErrors: ReadonlyMap<string, ErrorConstructor> = new Map(
  [Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError].map((itsClass) => [
    itsClass.name,
    itsClass,
  ]),
)

const ordinary = { writable: true, configurable: true }

function hide(error: Error, key: string, value: unknown): void {
  Object.defineProperty(error, key, { ...ordinary, enumerable: false, value })
}

function reviveCause(cause: ErrorCause): unknown {
  return cause.kind === 'error' ? reviveError(cause.record) : cause.value
}

function toRecord(thrown: unknown, descent: Descent): ErrorRecord {
  descent.made.records++
  return isError(thrown) ? errorToRecord(thrown, descent) : valueToRecord(thrown)
}

function errorToRecord(error: object, { above, made }: Descent): ErrorRecord {
  const below: Descent = { above: [...above, error], made }
  const stack = fieldText(readField(error, 'stack'), longestStack)
  const code = readField(error, 'code')
  const cause = causeOf(error, below)
  const errors = errorsOf(error, below)
  const fields = fieldsOf(error)
  return {
    thrown: 'error',
    name: fieldText(readField(error, 'name'), longestName) || 'Error',
    message: fieldText(readField(error, 'message'), longestMessage),
    ...(stack !== '' && { stack }),
    ...(typeof code === 'string' && { code: shortened(code, longestName) }),
    ...(typeof code === 'number' && { code }),
    ...(cause !== undefined && { cause }),
    ...(errors !== undefined && { errors }),
    ...(fields !== undefined && { fields }),
  }
}

function valueToRecord(thrown: unknown): ErrorRecord {
  const { value, exact } = fieldValue(thrown)
  return {
    thrown: 'value',
    name: 'Error',
    message: shortened(`thrown ${describeThrown(thrown)}`, longestMessage),
    ...(exact && thrown !== undefined && { cause: { kind: 'value', value } }),
  }
}

function describeThrown(thrown: unknown): string {
  switch (typeof thrown) {
    case 'string':
      return `string: ${JSON.stringify(fieldText(thrown, 1024))}`
    case 'object':
      if (thrown === null) return 'null'
      return isArray(thrown) ? 'array' : 'object'
    case 'function':
    case 'undefined':
      return typeof thrown
    default:
      return `${typeof thrown}: ${String(thrown)}`
  }
}

function causeOf(error: object, below: Descent): ErrorCause | undefined {
  const cause = readField(error, 'cause')
  if (cause === undefined) return undefined
  if (!isError(cause)) return { kind: 'value', value: fieldValue(cause).value }
  if (below.above.includes(cause)) return { kind: 'value', value: '[circular cause]' }
  if (isExhausted(below)) return { kind: 'value', value: '[more causes]' }
  return { kind: 'error', record: toRecord(cause, below) }
}

function errorsOf(error: object, below: Descent): readonly ErrorRecord[] | undefined {
  const errors = readField(error, 'errors')
  if (!isArray(errors)) return undefined
  const records: ErrorRecord[] = []
  for (let i = 0; i < errors.length && i < mostErrors && !isExhausted(below); i++) {
    const inner = readField(errors, String(i))
    if (!below.above.includes(inner)) records.push(toRecord(inner, below))
  }
  return records
}

function isExhausted({ above, made }: Descent): boolean {
  return above.length > deepestCause || made.records >= mostRecords
}

function fieldsOf(error: object): Readonly<Record<string, unknown>> | undefined {
  const names = Object.keys(error).filter((name) => !notFields.has(name) && name.length <= longestName)
  if (names.length === 0) return undefined
  const fields: Record<string, unknown> = {}
  for (const name of names.slice(0, mostFields)) {
    if (name.isWellFormed()) fields[name] = fieldValue(readField(error, name)).value
  }
  return fields
}

function isError(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || isProxy(value)) return false
  if (isNativeError(value)) return true
  try {
    return value instanceof Error
  } catch {
    return false
  }
}

function isArray(value: unknown): value is readonly unknown[] {
  return typeof value === 'object' && value !== null && !isProxy(value) && Array.isArray(value)
}
