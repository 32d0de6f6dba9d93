import { AsyncLocalStorage } from 'node:async_hooks'
import { expect, it } from 'vitest'
import { decode } from '../../src/contract/codec.js'
import { ControlBlock } from '../../src/contract/control-block.js'
import { Ending } from '../../src/contract/outbox.js'
import { rehearse } from '../../workers/rehearse.js'
import type { Surroundings } from '../../workers/run-task.js'
import { UserConnections } from '../../workers/user-connections.js'

it('a rehearsal completes, and touches nothing of the thread', () => {
  const refuse = (): never => {
    throw new Error('a rehearsal has no business here')
  }
  const around: Surroundings = {
    control: new ControlBlock(),
    connections: new UserConnections(undefined, 1, refuse),
    maxPayload: { bytes: 1_000, depth: 10 },
    owner: new AsyncLocalStorage(),
    load: refuse,
    postProgress: refuse,
  }
  const before = new Uint8Array(around.control.buffer).slice()
  const report = rehearse(around)
  expect(report.ending).toBe(Ending.completed)
  expect(decode(report.bytes)).toEqual({ text: 'nothing', list: [1, 2.5, null], flag: true })
  expect(new Uint8Array(around.control.buffer)).toEqual(before)
  expect(around.owner.getStore()).toBeUndefined()
})
