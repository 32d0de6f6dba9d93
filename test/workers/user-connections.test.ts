import { beforeEach, describe, expect, it } from 'vitest'
import { UserConnections } from '../../workers/user-connections.js'
import { failIn, log } from './fixtures/connection.mjs'

const url = new URL('./fixtures/connection.mjs', import.meta.url).href
let failures: unknown[]
let connections: UserConnections

interface Lent {
  readonly id: string
  readonly serial: number
  readonly threadId: number
}

async function lend(key: number, id: string): Promise<Lent> {
  return (await connections.lend(key, { id })) as Lent
}

beforeEach(() => {
  log.length = 0
  failures = []
  connections = new UserConnections(url, 7, (error) => failures.push(error))
})

describe('the place for a user connection', () => {
  it('keeps it for its user, and resets it between calls', async () => {
    const first = await lend(1, 'ada')
    expect(first).toMatchObject({ id: 'ada', threadId: 7 })
    expect(await lend(1, 'ada')).toBe(first)
    expect(await lend(1, 'ada')).toBe(first)
    expect(log.map((line) => line.split('#')[0])).toEqual(['open ada', 'reset ada', 'reset ada'])
    expect(failures).toEqual([])
  })

  it('is cleared for another user before that one’s is opened', async () => {
    const first = await lend(1, 'ada')
    const second = await lend(2, 'bob')
    expect(second.serial).toBe(first.serial + 1)
    expect(log.map((line) => line.split('#')[0])).toEqual(['open ada', 'close ada', 'open bob'])
  })

  it('holds nothing after an open that failed: the next call opens anew', async () => {
    failIn('open')
    await expect(lend(1, 'ada')).rejects.toThrow('open fails')
    expect(await lend(1, 'ada')).toMatchObject({ id: 'ada' })
    expect(log.map((line) => line.split('#')[0])).toEqual(['open ada', 'open ada'])
  })

  it('gives up a connection whose reset failed, and opens another', async () => {
    const first = await lend(1, 'ada')
    failIn('reset')
    const second = await lend(1, 'ada')
    expect(second.serial).not.toBe(first.serial)
    expect(log.map((line) => line.split('#')[0])).toEqual(['open ada', 'reset ada', 'close ada', 'open ada'])
    expect(failures).toMatchObject([{ message: 'reset fails' }])
  })

  it('is free although close failed', async () => {
    await lend(1, 'ada')
    failIn('close')
    expect(await lend(2, 'bob')).toMatchObject({ id: 'bob' })
    expect(failures).toMatchObject([{ message: 'close fails' }])
  })

  it('is closed once, for good', async () => {
    await lend(1, 'ada')
    await connections.close()
    await connections.close()
    expect(log.filter((line) => line.startsWith('close'))).toHaveLength(1)
  })
})

describe('without a module', () => {
  it('the connection is the user’s identity, frozen, and at once', () => {
    const identities = new UserConnections(undefined, 7, (error) => failures.push(error))
    const user = { id: 'ada', name: 'Ada', culture: 'en-GB', timeZone: 'Europe/London', claims: { a: 1 } }
    const connection = identities.lend(1, user)
    expect(connection).toEqual(expect.objectContaining(user))
    expect(Object.isFrozen(connection)).toBe(true)
    expect(identities.lend(1, user)).toBe(connection)
    expect(identities.lend(2, { id: 'bob' })).toMatchObject({ id: 'bob' })
    expect(identities.lend(2, { id: 'bob' })).not.toHaveProperty('name')
  })
})
