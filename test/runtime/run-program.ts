import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export interface ProgramEnd {
  /** `null` when it was killed, at the latest after 40 s. */
  readonly code: number | null
  /** What it printed, a line of JSON each. */
  readonly output: unknown[]
  readonly stderr: string
  readonly ms: number
}

/** Runs a script in a process of its own until it ends by itself. */
export function runProgram(
  script: URL,
  args: readonly string[] = [],
  execArgv: readonly string[] = [],
): Promise<ProgramEnd> {
  const begun = performance.now()
  return new Promise((resolve) => {
    const command = [...execArgv, fileURLToPath(script), ...args]
    const child = execFile(process.execPath, command, { timeout: 40_000 }, (_, stdout, stderr) => {
      const lines = stdout.split('\n').filter((line) => line !== '')
      const output = lines.map((line): unknown => JSON.parse(line))
      resolve({ code: child.exitCode, output, stderr, ms: performance.now() - begun })
    })
  })
}
