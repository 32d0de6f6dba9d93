import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

/** Runs a program of `bench/children` in a process of its own; it prints what it has measured as JSON. */
export async function runChild(program, settings) {
  const file = fileURLToPath(new URL(`../children/${program}.mjs`, import.meta.url))
  const flags = ['--expose-gc', '--max-old-space-size=8192']
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, file, JSON.stringify(settings)], {
    timeout: MAX_CHILD_MS,
    maxBuffer: 64 * 1024 * 1024,
  })
  return JSON.parse(stdout)
}

const MAX_CHILD_MS = 90_000
