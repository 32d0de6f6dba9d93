import { resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { limit } from '../check-option.js'
import type { User } from '../contract/task.js'
import { lookUpPath } from './look-up-path.js'
import { threadCount } from './thread-count.js'
import { UsageError } from './usage-error.js'

/** The arguments of `offmain run` as they were typed. */
export interface RunArguments {
  readonly module: string
  readonly task: string
  readonly parameters?: string | undefined
  readonly input?: string | undefined
  readonly user?: string | undefined
  readonly 'user-connections'?: string | undefined
  readonly threads?: string | undefined
  readonly timeout?: string | undefined
  readonly json?: boolean | undefined
}

/** The same, understood. */
export interface RunRequest {
  readonly task: { readonly url: string; readonly exportName: string }
  readonly parameters: unknown
  readonly input: string | undefined
  readonly user: User | undefined
  readonly userConnections: string | undefined
  readonly threads: { readonly min: number; readonly max: number } | undefined
  readonly timeout: number | undefined
  readonly json: boolean
}

/** @throws UsageError, InvalidOptionError */
export function readRunRequest(args: RunArguments): RunRequest {
  const { parameters, input, timeout } = args
  if (parameters !== undefined && input !== undefined) {
    throw new UsageError('--parameters and --input exclude each other. See offmain run --help')
  }
  return {
    task: { url: moduleFile('<module>', args.module), exportName: args.task },
    parameters: parameters === undefined ? undefined : parseJson('--parameters', parameters),
    input,
    user: args.user === undefined ? undefined : parseUser(args.user),
    userConnections:
      args['user-connections'] === undefined ? undefined : moduleFile('--user-connections', args['user-connections']),
    threads: threadCount(args.threads),
    timeout: timeout === undefined ? undefined : parseTimeout(timeout),
    json: args.json ?? false,
  }
}

/** The URL of a module that is there; a path is relative to the working directory. */
export function moduleFile(argument: string, given: string): string {
  const url = given.startsWith('file:') ? parseFileUrl(argument, given) : pathToFileURL(resolve(given))
  const path = fileURLToPath(url)
  if (!lookUpPath(argument, path).isFile()) throw new UsageError(`${argument}: ${path} is not a file`)
  return url.href
}

function parseFileUrl(argument: string, given: string): URL {
  try {
    const url = new URL(given)
    fileURLToPath(url)
    return url
  } catch (error) {
    throw new UsageError(`${argument}: ${given} is no usable file: URL (${(error as Error).message})`)
  }
}

export function parseJson(argument: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new UsageError(`${argument} is not JSON: ${(error as Error).message}`)
  }
}

export function parseUser(text: string): User {
  const user = parseJson('--user', text)
  if (typeof user === 'object' && user !== null && typeof (user as Partial<User>).id === 'string') return user as User
  throw new UsageError('--user must be an object with a string id, such as {"id":"u-17","name":"Ada"}')
}

function parseTimeout(text: string): number {
  const ms = /^(\d+(\.\d+)?|Infinity)$/.test(text) ? Number(text) : text
  return limit('--timeout', ms, 0)
}
