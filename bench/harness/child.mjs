import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

/** Runs a program of `bench/children` in a process of its own; it prints what it has measured as JSON. */
export async function runChild(program, settings) {
  const file = fileURLToPath(new URL(`../children/${program}.mjs`, import.meta.url))
  const flags = ['--expose-gc', '--max-old-space-size=8192', file, JSON.stringify(settings)]
  try {
    const { stdout } = await promisify(execFile)(process.execPath, flags, {
      timeout: MAX_CHILD_MS,
      killSignal: 'SIGKILL',
      maxBuffer: 64 * 1024 * 1024,
    })
    return JSON.parse(stdout)
  } catch (error) {
    const { code, signal, stderr = '' } = /** @type {any} */ (error)
    const told = /^.*error.*$/im.exec(stderr)?.[0] ?? stderr.slice(0, 200)
    throw new Error(`${program} ended with ${signal ?? `code ${code}`}: ${told}`)
  }
}

/** Less than a round may take, so that none outlives its round. */
const MAX_CHILD_MS = 55_000
