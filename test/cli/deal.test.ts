import { describe, expect, it } from 'vitest'
import { deal } from '../../src/cli/deal.js'
import { collect } from './collect.js'

describe('deal', () => {
  it('gives each reader its items in turn, whoever asks first', async () => {
    const [a, b, c] = threeHands(8)
    const [third, second, first] = await Promise.all([collect(c), collect(b), collect(a)])
    expect([first, second, third]).toEqual([
      [0, 3, 6],
      [1, 4, 7],
      [2, 5],
    ])
  })

  it('gathers nothing: a reader waits for its turn', async () => {
    let given = 0
    const [a, b] = deal(
      (async function* () {
        for (;;) yield given++
      })(),
      2,
    )
    const second = b?.next()
    expect(given).toBe(0)
    expect(await a?.next()).toEqual({ done: false, value: 0 })
    expect(await second).toEqual({ done: false, value: 1 })
    expect(given).toBe(2)
    await a?.return()
  })

  it('ends for all when one reader stops, and closes the source', async () => {
    let closed = false
    const [a, b] = deal(
      (async function* () {
        try {
          for (let i = 0; ; i++) yield i
        } finally {
          closed = true
        }
      })(),
      2,
    )
    await a?.next()
    await b?.next()
    const waiting = b?.next()
    await a?.return()
    expect(await waiting).toEqual({ done: true, value: undefined })
    expect(closed).toBe(true)
  })

  it('passes a failure of the source to the reader whose turn it is, and ends for the others', async () => {
    const [a, b] = deal(
      (async function* (): AsyncGenerator<number, void, undefined> {
        yield 0
        throw new Error('the source broke')
      })(),
      2,
    )
    await a?.next()
    const next = a?.next()
    await expect(b?.next()).rejects.toThrow('the source broke')
    expect(await next).toEqual({ done: true, value: undefined })
  })
})

type Hand = AsyncGenerator<number, void, undefined>

function threeHands(items: number): [Hand, Hand, Hand] {
  async function* source(): Hand {
    for (let i = 0; i < items; i++) yield i
  }
  return deal(source(), 3) as [Hand, Hand, Hand]
}
