import type { ConnectionUse } from '../../src/contract/frame.js'
import { RunTimeEstimate } from '../../src/scheduling/batch-size.js'
import { Call, type KnownTask, type KnownUser } from '../../src/scheduling/call.js'

export function newTask(key = 1): KnownTask {
  return { key, url: 'file:///x.js', exportName: 'X', runTime: new RunTimeEstimate() }
}

/** A call without a thread. */
export function newCall(id: number, { user = 0, priority = 0, bytes = 1, task = newTask() } = {}): Call {
  const connection: ConnectionUse = 0
  const known: KnownUser | undefined = user === 0 ? undefined : { key: user, encoded: new Uint8Array(1) }
  return new Call(id, task, 'X', new Uint8Array(bytes), undefined, bytes, known, connection, priority, undefined, 0)
}
