/**
 * What all copies of offmain on one thread share: those of two installations, and the bundle beside the single modules.
 *
 * @param name with the version of what is kept there
 */
export function onePerThread<T>(name: string, make: () => T): T {
  const key = Symbol.for(`offmain.${name}`)
  const places = globalThis as { [key: symbol]: T | undefined }
  const found = places[key]
  if (found !== undefined) return found
  const made = make()
  Object.defineProperty(globalThis, key, { value: made })
  return made
}
