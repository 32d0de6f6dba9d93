import { resolve } from 'node:path'
import { TaskRuntime } from '../task-runtime.js'
import { type DemoReport, demoText, isAsExpected } from './demo-report.js'
import { digestFiles } from './digest-files.js'
import { DigestTally } from './digest-tally.js'
import { measureEventLoopLag } from './event-loop-lag.js'
import { EXIT } from './exit-codes.js'
import { FileProgress } from './file-progress.js'
import { rounded } from './format-quantity.js'
import { Interruption } from './interruption.js'
import { LineOutput } from './line-output.js'
import { lookUpPath } from './look-up-path.js'
import { ownPackages } from './own-packages.js'
import { stopRunaways } from './runaways.js'
import { tellTrouble } from './tell-trouble.js'
import { UsageError } from './usage-error.js'
import { walkFiles } from './walk-files.js'

export interface DemoRequest {
  /** Without it: the packages that offmain depends on. */
  readonly folder: string | undefined
  readonly threads: { readonly min: number; readonly max: number } | undefined
  readonly json: boolean
}

/** Digests every file beside the runaways, and tells how both went and whether the main thread was held up. */
export async function runDemo({ folder, threads, json }: DemoRequest): Promise<number> {
  const folders = folder === undefined ? ownPackages() : [existingFolder(folder)]
  using interruption = new Interruption()
  const { signal } = interruption
  const output = new LineOutput(process.stdout)
  const tally = new DigestTally()
  const startedAt = performance.now()
  const endLag = measureEventLoopLag()
  await using runtime = new TaskRuntime({ threads })
  tellTrouble(runtime)

  const stopping = stopRunaways(runtime, signal)
  {
    using progress = process.stderr.isTTY && !json ? new FileProgress(walkAll(folders, () => {})) : undefined
    const paths = walkAll(folders, (unread, error) => tally.addUnreadable(unread, error))
    await digestFiles(runtime, paths, signal, (path, user, outcome) => {
      tally.add(path, user, outcome)
      progress?.advance()
      if (json && outcome.status === 'completed') return output.print(JSON.stringify(outcome.value))
    })
  }
  const elapsed = performance.now() - startedAt
  const runaways = await stopping
  const eventLoopLag = endLag()
  await runtime.close(signal.aborted ? { timeout: 0 } : undefined)

  const megabytesPerSecond = rounded(tally.bytes / 1e6 / (elapsed / 1_000))
  const report: DemoReport = { ...tally, elapsed: rounded(elapsed), megabytesPerSecond, runaways, eventLoopLag }
  output.print(json ? JSON.stringify({ summary: report }) : demoText(report))
  await output.flush()
  if (interruption.exitCode !== undefined) return interruption.exitCode
  return isAsExpected(report) ? EXIT.completed : EXIT.notCompleted
}

async function* walkAll(
  folders: readonly string[],
  onUnreadable: (folder: string, error: Error) => void,
): AsyncGenerator<string, void, undefined> {
  for (const folder of folders) yield* walkFiles(folder, onUnreadable)
}

function existingFolder(given: string): string {
  const folder = resolve(given)
  if (lookUpPath('[folder]', folder).isDirectory()) return folder
  throw new UsageError(`[folder]: ${folder} is not a folder`)
}
