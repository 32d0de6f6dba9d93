import { InvalidOptionError } from './errors.js'

/** A time limit in ms: more than 0; `Infinity` when said. */
export function limit(option: string, given: unknown, fallback: number): number {
  if (given === undefined) return fallback
  if (typeof given === 'number' && given > 0 && (given <= MAX_MS || given === Number.POSITIVE_INFINITY)) return given
  throw new InvalidOptionError(option, given, `ms, more than 0 and up to ${MAX_MS}, or Infinity`)
}

/** A time in ms: 0 or more, up to what a Node timer can hold. */
export function duration(option: string, given: unknown, fallback: number): number {
  if (given === undefined) return fallback
  if (typeof given === 'number' && given >= 0 && given <= MAX_MS) return given
  throw new InvalidOptionError(option, given, `ms, from 0 to ${MAX_MS}`)
}

export function whole(option: string, given: unknown, fallback: number, least: number, most: number): number {
  if (given === undefined) return fallback
  if (typeof given === 'number' && given >= least && given <= most && (Number.isInteger(given) || given === most)) {
    return given
  }
  throw new InvalidOptionError(
    option,
    given,
    `a whole number from ${least}${most === Number.POSITIVE_INFINITY ? ', or Infinity' : ` to ${most}`}`,
  )
}

export function atLeastOne(option: string, given: unknown, fallback: number): number {
  return whole(option, given, fallback, 1, Number.POSITIVE_INFINITY)
}

/** An object with no other keys than these, so that a misspelt option does not go unnoticed. */
export function record<Key extends string>(
  option: string,
  given: unknown,
  keys: readonly Key[],
  allowed = `an object with ${keys.join(', ')}`,
): Partial<Record<Key, unknown>> {
  if (given === undefined) return {}
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new InvalidOptionError(option, given, allowed)
  }
  for (const key of Object.keys(given)) {
    if (!keys.includes(key as Key)) {
      const name = option === 'options' ? key : `${option}.${key}`
      throw new InvalidOptionError(
        name,
        (given as Record<string, unknown>)[key],
        `nothing, for there is no such option; known: ${keys.join(', ')}`,
      )
    }
  }
  return given
}

/** What a Node timer can hold. */
const MAX_MS = 2 ** 31 - 1
