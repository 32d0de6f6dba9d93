import { threadId } from 'node:worker_threads'
import type { User, UserConnectionModule } from '../contract/task.js'
import { TuneFailure } from './tune-failure.js'
import type { TuneTarget } from './tune-figures.js'

/** The user connection of calls that run on the main thread: opened once, reset between calls, as on a thread. */
export class InlineConnection {
  readonly value: unknown
  readonly #module: UserConnectionModule<unknown> | undefined

  private constructor(value: unknown, module: UserConnectionModule<unknown> | undefined) {
    this.value = value
    this.#module = module
  }

  static async open({ user, userConnections }: TuneTarget): Promise<InlineConnection> {
    // A call on a thread has completed, so there is a user, and the module is one.
    const known = user as User
    if (userConnections === undefined) return new InlineConnection(Object.freeze({ ...known }), undefined)
    try {
      const module = moduleOf((await import(userConnections)) as { default: UserConnectionModule<unknown> })
      return new InlineConnection(await module.open(known, { threadId }), module)
    } catch (error) {
      throw new TuneFailure(`the user connection cannot be opened on the main thread: ${String(error)}`)
    }
  }

  get needsReset(): boolean {
    return this.#module?.reset !== undefined
  }

  async reset(): Promise<void> {
    await this.#module?.reset?.(this.value)
  }

  async close(): Promise<void> {
    await this.#module?.close?.(this.value)
  }
}

/** A CommonJS module compiled from TypeScript has its default export one level down. */
function moduleOf({ default: exported }: { default: UserConnectionModule<unknown> }): UserConnectionModule<unknown> {
  return (exported as unknown as { default?: UserConnectionModule<unknown> }).default ?? exported
}
