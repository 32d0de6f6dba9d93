import { isProxy } from 'node:util/types'

/**
 * Whether the prototype is the own one of the class, in this realm or another (a vm context). A subclass's is not, be
 * it named alike: its chain is longer by one.
 */
export function isStandardPrototype(prototype: object, itsClass: { name: string; prototype: object }): boolean {
  if (prototype === itsClass.prototype) return true
  if (isProxy(prototype)) return false
  let own: object | null = itsClass.prototype
  let foreign: object | null = prototype
  while (own !== null && foreign !== null) {
    if (own === foreign || isProxy(foreign)) return false
    own = Object.getPrototypeOf(own)
    foreign = Object.getPrototypeOf(foreign)
  }
  return own === foreign && constructorName(prototype) === itsClass.name
}

/** The name of a prototype's class, read without running anything; `undefined` when it has none to show. */
export function constructorName(prototype: object): string | undefined {
  for (let level: object | null = prototype; level !== null && !isProxy(level); level = Object.getPrototypeOf(level)) {
    const itsClass: unknown = Object.getOwnPropertyDescriptor(level, 'constructor')?.value
    if (typeof itsClass !== 'function' || isProxy(itsClass)) continue
    const name: unknown = Object.getOwnPropertyDescriptor(itsClass, 'name')?.value
    if (typeof name === 'string' && name !== '') return name.length > 64 ? `${name.slice(0, 64)}…` : name
    return undefined
  }
  return undefined
}
