import type { User, UserConnectionModule } from '../src/contract/task.js'
import { IdentityConnection } from '../src/contract/user-connection.js'
import { sourceOf } from './load-task.js'

/** The connection of one user on this thread. */
interface Place {
  readonly userKey: number
  readonly connection: unknown
  /** Its call was stopped: it is closed before anybody else needs the place. */
  spoiled: boolean
}

/**
 * The one place for a user connection on this thread: kept for its user between calls, lent to one call at a time,
 * closed when another user needs the place or the thread ends.
 */
export class UserConnections {
  readonly #url: string | undefined
  readonly #thread: { readonly threadId: number }
  readonly #onFailure: (error: unknown) => void
  #module: UserConnectionModule<unknown> | undefined
  #place: Place | undefined

  /** @param onFailure hears what `reset` and `close` throw: it fails no call, but the connection is not lent again */
  constructor(url: string | undefined, threadId: number, onFailure: (error: unknown) => void) {
    this.#url = url
    this.#thread = Object.freeze({ threadId })
    this.#onFailure = onFailure
  }

  /** A connection for this user. At once where one is open and needs no reset; rejects with what `open` threw. */
  lend(userKey: number, user: User): unknown {
    const place = this.#place
    if (place !== undefined && place.userKey === userKey && !place.spoiled && this.#module?.reset === undefined) {
      return place.connection
    }
    if (this.#url === undefined) return this.#keep(userKey, new IdentityConnection(user))
    return this.#prepare(userKey, user)
  }

  /** The call that it was lent to was stopped: it is not lent again. */
  spoil(): void {
    if (this.#place !== undefined) this.#place.spoiled = true
  }

  /** Closes the connection, if there is one, for good. */
  async close(): Promise<void> {
    const place = this.#place
    this.#place = undefined
    if (place === undefined) return
    try {
      await this.#module?.close?.(place.connection)
    } catch (error) {
      this.#onFailure(error)
    }
  }

  async #prepare(userKey: number, user: User): Promise<unknown> {
    const module = await this.#load()
    const place = this.#place
    if (place !== undefined) {
      if (place.userKey === userKey && !place.spoiled && (await this.#reset(module, place))) return place.connection
      await this.close()
    }
    return this.#keep(userKey, await module.open(user, this.#thread))
  }

  async #reset(module: UserConnectionModule<unknown>, place: Place): Promise<boolean> {
    try {
      await module.reset?.(place.connection)
      return true
    } catch (error) {
      this.#onFailure(error)
      return false
    }
  }

  #keep(userKey: number, connection: unknown): unknown {
    this.#place = { userKey, connection, spoiled: false }
    return connection
  }

  async #load(): Promise<UserConnectionModule<unknown>> {
    if (this.#module !== undefined) return this.#module
    const url = sourceOf(this.#url ?? '')
    const exported = unwrap(((await import(url)) as { default?: unknown }).default)
    if (typeof exported?.open !== 'function') {
      throw new TypeError(`The userConnections module ${url} has no default export with an open(user, thread) function`)
    }
    this.#module = exported as UserConnectionModule<unknown>
    return this.#module
  }
}

/** A CommonJS module compiled from TypeScript has its default export one level down. */
function unwrap(exported: unknown): Partial<UserConnectionModule<unknown>> | undefined {
  if (typeof exported !== 'object' || exported === null) return undefined
  const inner = (exported as { default?: unknown }).default
  return (typeof inner === 'object' && inner !== null ? inner : exported) as Partial<UserConnectionModule<unknown>>
}
