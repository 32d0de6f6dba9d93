import { RunTimeEstimate } from './batch-size.js'
import type { KnownTask, KnownUser } from './call.js'

/** Gives tasks and users their keys: equal content, equal key. A key is never used again for another. */
export class Directory {
  readonly #tasks = new Map<string, Map<string, KnownTask>>()
  readonly #users = new Map<string, KnownUser>()
  #lastKey = 0

  task(url: string, exportName: string): KnownTask {
    let module = this.#tasks.get(url)
    if (module === undefined) {
      module = new Map()
      this.#tasks.set(url, module)
    }
    let task = module.get(exportName)
    if (task === undefined) {
      task = { key: this.#nextKey(), url, exportName, runTime: new RunTimeEstimate() }
      module.set(exportName, task)
    }
    return task
  }

  user(encoded: Uint8Array): KnownUser {
    const content = Buffer.from(encoded.buffer, encoded.byteOffset, encoded.length).toString('latin1')
    const known = this.#users.get(content)
    if (known !== undefined) return known
    // The oldest goes; should it come back, it is a new user to the threads, and its connection is opened anew.
    if (this.#users.size >= MAX_USERS) this.#users.delete(this.#users.keys().next().value as string)
    const user = { key: this.#nextKey(), encoded: Uint8Array.from(encoded) }
    this.#users.set(content, user)
    return user
  }

  #nextKey(): number {
    this.#lastKey = (this.#lastKey + 1) >>> 0
    return this.#lastKey
  }
}

const MAX_USERS = 10_000
