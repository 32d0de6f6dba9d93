import type { User } from '../contract/task.js'
import type { TaskOutcome } from '../outcome.js'
import { taskModule } from '../task-module.js'
import type { TaskRuntime } from '../task-runtime.js'
import { deal } from './deal.js'
import type { FileDigest } from './digest.tasks.js'

export const DEMO_USERS: readonly User[] = [
  { id: 'ada', name: 'Ada', culture: 'en-GB', timeZone: 'Europe/London' },
  { id: 'grace', name: 'Grace', culture: 'en-US', timeZone: 'America/New_York' },
]

/**
 * One call for each file, in turn for each user, with a few under way at a time. Outcomes do not say what they were
 * given, so each user's come in order.
 */
export async function digestFiles(
  runtime: TaskRuntime,
  paths: AsyncGenerator<string, void, undefined>,
  signal: AbortSignal,
  onOutcome: (path: string, user: string, outcome: TaskOutcome<FileDigest>) => void | Promise<void>,
): Promise<void> {
  const { DigestFile } = taskModule<typeof import('./digest.tasks.js')>(new URL('./digest.tasks.js', import.meta.url))
  const concurrency = runtime.stats().threads.max * FILES_PER_THREAD
  const hands = deal(paths, DEMO_USERS.length)
  await Promise.all(
    DEMO_USERS.map(async (user, index) => {
      const begun: string[] = []
      const items = parametersFor(hands[index], begun, signal)
      for await (const outcome of runtime.map(DigestFile, items, { user, signal, concurrency })) {
        await onOutcome(begun.shift() ?? '', user.id, outcome)
      }
    }),
  )
}

async function* parametersFor(
  paths: AsyncGenerator<string, void, undefined> | undefined,
  begun: string[],
  signal: AbortSignal,
): AsyncGenerator<{ path: string }, void, undefined> {
  for await (const path of paths ?? []) {
    if (signal.aborted) return
    begun.push(path)
    yield { path }
  }
}

/** Of each user, under way. */
const FILES_PER_THREAD = 16
