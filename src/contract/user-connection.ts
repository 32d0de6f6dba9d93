import type { User, UserConnection } from './task.js'

/** The connection that a runtime without a `userConnections` module gives: who the user is, and nothing else. */
export class IdentityConnection implements UserConnection {
  readonly id: string
  declare readonly name?: string
  declare readonly culture?: string
  declare readonly timeZone?: string
  declare readonly claims?: Readonly<Record<string, unknown>>

  constructor(user: User) {
    this.id = user.id
    Object.assign(this, user)
    Object.freeze(this)
  }
}
