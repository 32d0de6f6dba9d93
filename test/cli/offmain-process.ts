import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** What is published as the bin. */
export const main = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url))
export const fixtures = fileURLToPath(new URL('fixtures/', import.meta.url))
export const everyday = `${fixtures}everyday.tasks.mjs`

export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
  /** Of stdout. */
  readonly lines: readonly string[]
}

export interface Settings {
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  readonly stdin?: string | Uint8Array
}

/** Runs the built command to its end. */
export async function offmain(args: readonly string[], settings: Settings = {}): Promise<Ended> {
  const child = startOffmain(args, settings)
  child.stdin.end(settings.stdin ?? '')
  return ended(child)
}

export function startOffmain(args: readonly string[], { env, cwd }: Settings = {}): ChildProcessWithoutNullStreams {
  const { FORCE_COLOR: _, NODE_OPTIONS: __, OFFMAIN_THREADS: ___, ...inherited } = process.env
  const child = spawn(process.execPath, [main, ...args], { cwd, env: { ...inherited, NO_COLOR: '1', ...env } })
  // Whoever does not read its input to the end closes the pipe.
  child.stdin.on('error', () => {})
  return child
}

export async function ended(child: ChildProcessWithoutNullStreams): Promise<Ended> {
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (...how) => resolve(how))
  })
  return { code, signal, stdout, stderr, lines: stdout.split('\n').slice(0, -1) }
}

/** The lines of `--json`: each parsed, the summary last. */
export function jsonOf({ lines }: Ended): { readonly records: readonly unknown[]; readonly summary: unknown } {
  const parsed = lines.map((line): unknown => JSON.parse(line))
  return { records: parsed.slice(0, -1), summary: (parsed.at(-1) as { summary: unknown }).summary }
}
