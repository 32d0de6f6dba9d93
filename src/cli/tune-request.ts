import { statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { User } from '../contract/task.js'
import { lookUpPath } from './look-up-path.js'
import { moduleFile, parseJson, parseUser } from './run-request.js'
import { UsageError } from './usage-error.js'

/** The arguments of `offmain tune` as they were typed. */
export interface TuneArguments {
  readonly module: string
  readonly task: string
  readonly parameters?: string | undefined
  readonly input?: string | undefined
  readonly user?: string | undefined
  readonly 'user-connections'?: string | undefined
  readonly seconds?: string | undefined
  readonly json?: boolean | undefined
  readonly html?: string | undefined
}

/** The same, understood. */
export interface TuneRequest {
  readonly task: { readonly url: string; readonly exportName: string }
  readonly parameters: unknown
  readonly input: string | undefined
  readonly user: User | undefined
  readonly userConnections: string | undefined
  /** For each pool size. */
  readonly seconds: number
  readonly json: boolean
  /** The file to write, absolute. */
  readonly html: string | undefined
}

/** @throws UsageError */
export function readTuneRequest(args: TuneArguments): TuneRequest {
  const { parameters, input, user, seconds, html } = args
  if (parameters !== undefined && input !== undefined) {
    throw new UsageError('--parameters and --input exclude each other. See offmain tune --help')
  }
  const connections = args['user-connections']
  return {
    task: { url: moduleFile('<module>', args.module), exportName: args.task },
    parameters: parameters === undefined ? undefined : parseJson('--parameters', parameters),
    input,
    user: user === undefined ? undefined : parseUser(user),
    userConnections: connections === undefined ? undefined : moduleFile('--user-connections', connections),
    seconds: seconds === undefined ? DEFAULT_SECONDS : parseSeconds(seconds),
    json: args.json ?? false,
    html: html === undefined ? undefined : fileToWrite(html),
  }
}

function parseSeconds(text: string): number {
  const seconds = /^\d*\.?\d+$/.test(text) ? Number(text) : Number.NaN
  if (seconds >= LEAST_SECONDS && seconds <= MOST_SECONDS) return seconds
  throw new UsageError(`--seconds is "${text}"; allowed: a number from ${LEAST_SECONDS} to ${MOST_SECONDS}`)
}

/** Found out before anything is measured: the page is written last. */
function fileToWrite(given: string): string {
  const file = resolve(given)
  const folder = dirname(file)
  if (!lookUpPath('--html', folder).isDirectory()) throw new UsageError(`--html: ${folder} is not a folder`)
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory()) throw new UsageError(`--html: ${file} is a folder`)
  return file
}

const DEFAULT_SECONDS = 1.5
const LEAST_SECONDS = 0.05
const MOST_SECONDS = 600
