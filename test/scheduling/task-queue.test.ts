import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Call } from '../../src/scheduling/call.js'
import { TaskQueue } from '../../src/scheduling/task-queue.js'
import { newCall } from './new-call.js'

function ids(queue: TaskQueue): number[] {
  const taken: number[] = []
  for (let call = queue.shift(); call !== undefined; call = queue.shift()) taken.push(call.id)
  return taken
}

/** The same rules, written as plainly as possible: for each priority, a round of users, each with a list. */
class Model {
  readonly rounds = new Map<number, { user: number; calls: Call[] }[]>()

  push(call: Call): void {
    this.#lineOf(call).push(call)
  }

  putBack(calls: readonly Call[]): void {
    for (const call of calls) this.#lineOf(call)
    for (const call of calls.toReversed()) this.#lineOf(call).unshift(call)
  }

  shift(): Call | undefined {
    const priority = Math.max(...this.rounds.keys())
    const round = this.rounds.get(priority)
    const line = round?.shift()
    const call = line?.calls.shift()
    if (line !== undefined && line.calls.length > 0) round?.push(line)
    if (round?.length === 0) this.rounds.delete(priority)
    return call
  }

  remove(call: Call): boolean {
    const round = this.rounds.get(call.priority)
    const place = round?.findIndex(({ calls }) => calls.includes(call)) ?? -1
    const line = round?.[place]
    if (round === undefined || line === undefined) return false
    line.calls.splice(line.calls.indexOf(call), 1)
    if (line.calls.length === 0) round.splice(place, 1)
    if (round.length === 0) this.rounds.delete(call.priority)
    return true
  }

  get all(): Call[] {
    return [...this.rounds.values()].flatMap((round) => round.flatMap(({ calls }) => calls))
  }

  #lineOf(call: Call): Call[] {
    let round = this.rounds.get(call.priority)
    if (round === undefined) {
      round = []
      this.rounds.set(call.priority, round)
    }
    let line = round.find(({ user }) => user === call.userKey)
    if (line === undefined) {
      line = { user: call.userKey, calls: [] }
      round.push(line)
    }
    return line.calls
  }
}

/** The queue beside its model, and the calls that were taken from both. */
interface Pair {
  readonly queue: TaskQueue
  readonly taken: Call[]
}

type QueueCommand = fc.Command<Model, Pair>

let lastId = 0

function command(name: string, run: (model: Model, pair: Pair) => void): QueueCommand {
  return {
    check: () => true,
    run: (model, pair) => {
      run(model, pair)
      const { queue } = pair
      expect(queue.size).toBe(model.all.length)
      expect(queue.bytes).toBe(model.all.reduce((sum, { parameters }) => sum + parameters.length, 0))
      expect(new Set(queue)).toEqual(new Set(model.all))
      expect([...queue]).toHaveLength(queue.size)
    },
    toString: () => name,
  }
}

const commands: fc.Arbitrary<QueueCommand>[] = [
  fc.record({ user: fc.nat(3), priority: fc.integer({ min: -1, max: 1 }), bytes: fc.nat(9) }).map((fields) =>
    command(`push(${JSON.stringify(fields)})`, (model, { queue }) => {
      const call = newCall(++lastId, fields)
      model.push(call)
      queue.push(call)
    }),
  ),
  fc.constant(
    command('shift', (model, { queue, taken }) => {
      const next = queue.peek()
      const call = queue.shift()
      expect(call?.id).toBe(model.shift()?.id)
      expect(next).toBe(call)
      if (call !== undefined) taken.push(call)
    }),
  ),
  fc.nat(100).map((place) =>
    command(`remove(${place})`, (model, { queue }) => {
      const { all } = model
      const call = all[place % Math.max(1, all.length)] ?? newCall(++lastId)
      expect(queue.remove(call)).toBe(model.remove(call))
      expect(queue.remove(call)).toBe(false)
    }),
  ),
  fc.nat(4).map((count) =>
    command(`putBack(${count})`, (model, { queue, taken }) => {
      const calls = taken.splice(Math.max(0, taken.length - count))
      model.putBack(calls)
      queue.putBack(calls)
    }),
  ),
]

describe('the task queue', () => {
  it('does what its model does, whatever is done to it', () => {
    fc.assert(
      fc.property(fc.commands(commands, { maxCommands: 60 }), (steps) => {
        fc.modelRun(() => ({ model: new Model(), real: { queue: new TaskQueue(), taken: [] } }), steps)
      }),
      { numRuns: 500 },
    )
  })

  it('starts higher priorities first, lets users take turns, and keeps each user in order', () => {
    const queue = new TaskQueue()
    const [ada, bob, eve] = [1, 2, 3]
    queue.push(newCall(1, { user: eve }))
    queue.push(newCall(2, { user: eve }))
    queue.push(newCall(3, { user: ada, priority: 5 }))
    queue.push(newCall(4, { user: ada, priority: 5 }))
    queue.push(newCall(5, { user: bob, priority: 5 }))
    queue.push(newCall(6, { user: eve, priority: -1 }))
    expect(ids(queue)).toEqual([3, 5, 4, 1, 2, 6])
    expect([queue.size, queue.bytes, queue.peek()]).toEqual([0, 0, undefined])
  })

  it('is first in, first out for one user', () => {
    const queue = new TaskQueue()
    for (let id = 1; id <= 1_000; id++) queue.push(newCall(id))
    expect(ids(queue)).toEqual(Array.from({ length: 1_000 }, (_, index) => index + 1))
  })

  it('puts calls back before all others of their user, in their order', () => {
    const queue = new TaskQueue()
    for (let id = 1; id <= 4; id++) queue.push(newCall(id))
    const taken = [queue.shift(), queue.shift(), queue.shift()].filter((call) => call !== undefined)
    queue.putBack(taken)
    expect(ids(queue)).toEqual([1, 2, 3, 4])
  })

  it('a user who has many waiting does not keep another waiting for more than one turn', () => {
    const queue = new TaskQueue()
    for (let id = 1; id <= 100; id++) queue.push(newCall(id, { user: 1 }))
    queue.push(newCall(1_000, { user: 2 }))
    expect(ids(queue).indexOf(1_000)).toBeLessThanOrEqual(1)
  })
})
