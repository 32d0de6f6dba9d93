import type { ConnectionUse } from '../../src/contract/frame.js'
import { RunTimeEstimate } from '../../src/scheduling/batch-size.js'
import { Call, type KnownUser } from '../../src/scheduling/call.js'

/** A call without a thread. */
export function newCall(id: number, { user = 0, priority = 0, bytes = 1 } = {}): Call {
  const task = { key: 1, url: 'file:///x.js', exportName: 'X', runTime: new RunTimeEstimate() }
  const connection: ConnectionUse = 0
  const known: KnownUser | undefined = user === 0 ? undefined : { key: user, encoded: new Uint8Array(1) }
  return new Call(id, task, 'X', new Uint8Array(bytes), undefined, bytes, known, connection, priority, undefined, 0)
}
