import { describe, expect, it } from 'vitest'
import { encode } from '../../src/contract/codec.js'
import { Directory } from '../../src/scheduling/directory.js'

describe('the directory', () => {
  it('gives equal tasks one key, different ones different keys', () => {
    const directory = new Directory()
    const task = directory.task('file:///a.js', 'A')
    expect(directory.task('file:///a.js', 'A')).toBe(task)
    const others = [directory.task('file:///a.js', 'B'), directory.task('file:///b.js', 'A')]
    expect(new Set([task, ...others].map(({ key }) => key)).size).toBe(3)
  })

  it('gives users of equal content one key, and never key 0, which is nobody', () => {
    const directory = new Directory()
    const user = (value: object) => directory.user(encode(value).bytes)
    const ada = user({ id: 'ada', claims: { a: 1 } })
    expect(user({ id: 'ada', claims: { a: 1 } })).toBe(ada)
    const others = [user({ id: 'ada' }), user({ id: 'ada', claims: { a: 2 } }), user({ id: 'bob' })]
    const keys = [ada, ...others].map(({ key }) => key)
    expect(new Set(keys).size).toBe(4)
    expect(keys).not.toContain(0)
  })

  it('keeps the encoding of a user, whatever becomes of the bytes it was given', () => {
    const directory = new Directory()
    const bytes = Uint8Array.from(encode({ id: 'ada' }).bytes)
    const ada = directory.user(bytes)
    const before = [...ada.encoded]
    bytes.fill(0)
    expect([...ada.encoded]).toEqual(before)
  })

  it('forgets the oldest of very many users, and gives it a new key should it come back', () => {
    const directory = new Directory()
    const user = (id: number) => directory.user(Uint8Array.of(id >> 16, id >> 8, id))
    const first = user(0).key
    const keys = new Set<number>()
    for (let id = 1; id <= 10_000; id++) keys.add(user(id).key)
    expect(keys.size).toBe(10_000)
    const again = user(0).key
    expect(again).not.toBe(first)
    expect(keys.has(again)).toBe(false)
  })
})
