import { inspect } from 'node:util'
import { constructorName } from './standard-prototype.js'

/** What is wrong with a value, where it shows below it, and what to do. */
export interface Fault {
  readonly found: string
  readonly hint: string
  readonly step?: string | number
}

/** Above this length an array's keys cost more than looking at it whole. */
const keysUpTo = 1024

const wholeArray = {
  breakLength: Number.POSITIVE_INFINITY,
  colors: false,
  compact: true,
  customInspect: false,
  depth: 0,
  getters: false,
  maxArrayLength: 0,
  numericSeparator: false,
  showHidden: true,
} as const

/** Whether an array has elements only. A hole together with an extra property may pass: the walk meets the hole. */
export function isExactArray(array: readonly unknown[]): boolean {
  if (Object.getOwnPropertySymbols(array).length !== 0) return false
  const { length } = array
  if (length <= keysUpTo) return Object.keys(array).length === length
  // `inspect` lists extra properties without turning every index into a string: 1 µs instead of 50 ns an element.
  // Should its text ever change, the exact and slow answer follows.
  if (inspect(array, wholeArray) === `[ ... ${length} more items, [length]: ${length} ]`) return true
  return Reflect.ownKeys(array).length === length + 1
}

/** Says what {@link isExactArray} did not accept. */
export function arrayFault(array: readonly unknown[]): Fault {
  if (Object.getOwnPropertySymbols(array).length !== 0) return symbolKey
  for (const name of Object.getOwnPropertyNames(array)) {
    if (name !== 'length' && String(Number(name) >>> 0) !== name) {
      return { found: 'own property on an array', hint: 'send an object that holds both', step: name }
    }
  }
  for (let i = 0; i < array.length; i++) {
    const element = Object.getOwnPropertyDescriptor(array, i)
    if (element === undefined) return { ...hole, step: i }
    if (element.enumerable !== true) return { ...nonEnumerable, step: i }
  }
  return { found: 'unusual array', hint: 'send a plain copy' }
}

/** Says which own property of an object is not seen by enumeration. */
export function hiddenFault(value: object): Fault {
  if (Object.getOwnPropertySymbols(value).length !== 0) return symbolKey
  for (const name of Object.getOwnPropertyNames(value)) {
    if (Object.getOwnPropertyDescriptor(value, name)?.enumerable !== true) return { ...nonEnumerable, step: name }
  }
  return { found: 'unusual object', hint: 'send a plain copy' }
}

/** Says which own property a Date, Map or Set carries. */
export function extraFault(value: object): Fault {
  const [step = ''] = Object.getOwnPropertyNames(value)
  return { found: 'own property on a built-in object', hint: 'send an object that holds both', step }
}

/** Says what an object is that is neither plain nor of a supported built-in class. */
export function instanceFault(prototype: object): Fault {
  const name = constructorName(prototype)
  if (name === undefined || name === 'Object') {
    return { found: 'object with a prototype of its own', hint: 'send a plain copy: { ...value }' }
  }
  return { found: `class instance (${name})`, hint: hints[name] ?? 'send its plain fields and build it in the task' }
}

export const hole: Fault = { found: 'hole in a sparse array', hint: 'fill it with null or undefined' }
export const accessor: Fault = { found: 'accessor', hint: 'send a plain copy with the value itself' }

const symbolKey: Fault = { found: 'symbol key', hint: 'use a string as the key' }
const nonEnumerable: Fault = { found: 'non-enumerable property', hint: 'send a plain copy without it' }

const hints: Readonly<Record<string, string>> = {
  Promise: 'await it first',
  RegExp: 'send its source and flags',
  Error: 'send its name and message',
  URL: 'send its href',
  Number: 'send the primitive: value.valueOf()',
  String: 'send the primitive: value.valueOf()',
  Boolean: 'send the primitive: value.valueOf()',
}
