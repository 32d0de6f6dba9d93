import { execFile } from 'node:child_process'
import { fixturePath } from './zoo.js'

export interface Ended {
  readonly code: number | string | null
  readonly signal: string | null
  readonly stdout: string
  readonly stderr: string
  /** The last line of its stdout that is JSON. */
  readonly report: unknown
}

/** Runs a script of `fixtures/` in a process of its own, for faults that might take the process along. */
export function runScript(
  script: string,
  args: readonly string[],
  nodeOptions: readonly string[] = [],
): Promise<Ended> {
  return new Promise((resolve) => {
    const argv = [...nodeOptions, fixturePath(script), ...args]
    execFile(process.execPath, argv, { maxBuffer: 64 * 1024 * 1024, timeout: 55_000 }, (error, stdout, stderr) => {
      const json = stdout.split('\n').findLast((line) => line.startsWith('{'))
      resolve({
        code: error === null ? 0 : (error.code ?? null),
        signal: error?.signal ?? null,
        stdout,
        stderr,
        report: json === undefined ? undefined : JSON.parse(json),
      })
    })
  })
}
