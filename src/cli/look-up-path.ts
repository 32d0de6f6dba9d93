import { type Stats, statSync } from 'node:fs'
import { UsageError } from './usage-error.js'

/** What is at the path that an argument names. @throws UsageError if there is nothing, or it cannot be looked at */
export function lookUpPath(argument: string, path: string): Stats {
  let found: Stats | undefined
  try {
    found = statSync(path, { throwIfNoEntry: false })
  } catch (error) {
    throw new UsageError(`${argument}: ${(error as Error).message}`)
  }
  if (found === undefined) throw new UsageError(`${argument}: there is no ${path}`)
  return found
}
