import type { Dirent } from 'node:fs'
import { opendir } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * The files under a folder, found as they are asked for. Symbolic links are not followed; sockets, pipes and devices
 * are left out.
 *
 * @param onUnreadable hears of each folder that cannot be read; the walk goes on
 */
export async function* walkFiles(
  folder: string,
  onUnreadable: (folder: string, error: Error) => void,
): AsyncGenerator<string, void, undefined> {
  for await (const entry of entriesOf(folder, onUnreadable)) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) yield* walkFiles(path, onUnreadable)
    else if (entry.isFile()) yield path
  }
}

async function* entriesOf(
  folder: string,
  onUnreadable: (folder: string, error: Error) => void,
): AsyncGenerator<Dirent, void, undefined> {
  try {
    yield* await opendir(folder)
  } catch (error) {
    onUnreadable(folder, error as Error)
  }
}
