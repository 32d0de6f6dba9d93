import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { fixtures } from './stop.js'

export interface Ended {
  readonly code: number | string | null
  readonly stderr: string
  /** The last line of its stdout, which is JSON. */
  readonly report: unknown
}

/** Runs a script of `fixtures/`, or another, in a process of its own. */
export function runScript(
  script: string | URL,
  args: readonly string[] = [],
  nodeOptions: readonly string[] = [],
): Promise<Ended> {
  return new Promise((resolve) => {
    const argv = [...nodeOptions, fileURLToPath(new URL(script, fixtures)), ...args]
    execFile(process.execPath, argv, { timeout: 55_000 }, (error, stdout, stderr) => {
      const json = stdout.trimEnd().split('\n').at(-1) ?? ''
      resolve({
        code: error === null ? 0 : (error.code ?? null),
        stderr,
        report: json.startsWith('{') ? JSON.parse(json) : json,
      })
    })
  })
}
