import { describe, expect, it } from 'vitest'
import { ControlBlock, Phase, phaseName, STOPPED } from '../../src/contract/control-block.js'

/**
 * Every order in which the worker, the watchdog, the scheduler and the death of the thread can interleave over one batch,
 * step by step, on the real control block. What each side then believes of each call must fit together.
 *
 * A side is a list of atomic steps; a state is how far each side has come. The control block cannot be copied half way, so
 * each order is replayed from its beginning: a few thousand for two calls, some ten thousand for three.
 */
interface World {
  readonly control: ControlBlock
  readonly length: number
  /** How many calls the lane still counts as its thread's: taking back cuts them off. */
  mine: number
  /** How often the code of call i began, on this thread. */
  readonly starts: number[]
  /** Calls that the scheduler has taken back, for another thread. */
  readonly returned: number[]
  /** Call i: the outcomes that somebody decided for it. */
  readonly outcomes: string[][]
  /** The call that the watchdog has stopped. */
  stopped: number | undefined
  workerIsDone: boolean
  isDead: boolean
}

type StepOf = (world: World) => void

interface Side {
  readonly name: string
  readonly steps: StepOf[]
}

function newWorld(length: number): World {
  const control = new ControlBlock()
  control.begin()
  return {
    control,
    length,
    mine: length,
    starts: Array(length).fill(0),
    returned: [],
    outcomes: Array.from({ length }, () => []),
    stopped: undefined,
    workerIsDone: false,
    isDead: false,
  }
}

/** What `workers/run-batch.ts` does with call i, as two atomic steps: claims it and begins; ends it. */
function worker(length: number): Side {
  const steps: StepOf[] = []
  for (let index = 0; index < length; index++) {
    steps.push(
      (world) => {
        if (world.workerIsDone || world.isDead) return
        if (!world.control.claim(index)) {
          world.workerIsDone = true
          return
        }
        world.starts[index] = (world.starts[index] ?? 0) + 1
      },
      (world) => {
        if (world.workerIsDone || world.isDead) return
        // Its report is in the outbox; whether it counts is decided here.
        if (!world.control.end(index)) world.workerIsDone = true
      },
    )
  }
  return { name: 'worker', steps }
}

/** What `Lane.stop` does to the call that runs as the watchdog looks. */
const watchdog: Side = {
  name: 'watchdog',
  steps: [
    (world) => {
      const { settled, next } = world.control
      if (settled !== STOPPED && settled < world.mine && next > settled) world.stopped = settled
    },
    (world) => {
      const index = world.stopped
      if (index === undefined) return
      if (!world.control.stop(index)) {
        world.stopped = undefined
        return
      }
      takeBack(world)
      collect(world, index)
      world.outcomes[index]?.push('timed-out')
    },
  ],
}

const scheduler: Side = { name: 'scheduler', steps: [takeBack] }

const death: Side = {
  name: 'death',
  steps: [
    (world) => {
      world.isDead = true
    },
  ],
}

function takeBack(world: World): void {
  const from = world.control.takeBack(world.mine)
  for (let index = from; index < world.mine; index++) world.returned.push(index)
  world.mine = from
}

/** What `Lane.collect` does: every call below `settled` has ended by itself. */
function collect(world: World, settled: number): void {
  for (let index = 0; index < settled; index++) {
    if (world.outcomes[index]?.length === 0) world.outcomes[index]?.push('ended')
  }
}

/** What the scheduler does once the batch is over or the thread gone. */
function settle(world: World): void {
  takeBack(world)
  const { settled } = world.control
  if (settled !== STOPPED) collect(world, settled)
  if (!world.isDead) return
  for (let index = 0; index < world.length; index++) {
    const isOpen = world.outcomes[index]?.length === 0 && !world.returned.includes(index)
    if (isOpen) world.outcomes[index]?.push('crashed')
  }
}

function* interleavings(sides: readonly Side[], done: readonly number[] = sides.map(() => 0)): Generator<number[]> {
  let isOver = true
  for (const [index, side] of sides.entries()) {
    if ((done[index] ?? 0) >= side.steps.length) continue
    isOver = false
    const next = done.map((count, other) => (other === index ? count + 1 : count))
    for (const rest of interleavings(sides, next)) yield [index, ...rest]
  }
  if (isOver) yield []
}

function play(length: number, sides: readonly Side[], order: readonly number[]): World {
  const world = newWorld(length)
  const done = sides.map(() => 0)
  for (const index of order) {
    const step = done[index] ?? 0
    sides[index]?.steps[step]?.(world)
    done[index] = step + 1
  }
  settle(world)
  return world
}

describe.each([
  ['worker and scheduler', []],
  ['worker, watchdog and scheduler', [watchdog]],
  ['worker, watchdog, scheduler and the death of the thread', [watchdog, death]],
  ['worker, scheduler and the death of the thread', [death]],
])('in every order of %s', (_, others) => {
  it.each([1, 2, 3])('each call of a batch of %d has one owner, one start and one outcome', (length) => {
    const sides = [worker(length), scheduler, ...others]
    const seen = new Set<string>()
    let orders = 0
    for (const order of interleavings(sides)) {
      orders++
      const world = play(length, sides, order)
      for (let index = 0; index < length; index++) {
        const outcomes = world.outcomes[index] ?? []
        const isReturned = world.returned.filter((each) => each === index).length
        const fits = isReturned + outcomes.length === 1 && (world.starts[index] ?? 0) === 1 - isReturned
        if (!fits) {
          expect.fail(
            `call ${index}: returned ${isReturned} times, started ${world.starts[index]} times, outcomes ${outcomes.join(', ') || 'none'}, in the order ${order.map((side) => sides[side]?.name).join(' ')}`,
          )
        }
        seen.add(isReturned > 0 ? 'returned' : (outcomes[0] ?? ''))
      }
    }
    expect(orders).toBeGreaterThan(2 * length)
    // Each way for a call to go has been met, or the enumeration proves nothing.
    const expected = new Set(['ended', 'returned'])
    if (others.includes(watchdog)) expected.add('timed-out')
    if (others.includes(death)) expected.add('crashed')
    expect(seen).toEqual(expected)
  })
})

describe('a control block', () => {
  it('is the same for both sides', () => {
    const worker = new ControlBlock()
    const scheduler = new ControlBlock(worker.buffer)
    worker.claim(0)
    worker.enter(Phase.loading, 12.5)
    worker.classTimeoutMs = 250
    worker.enter(Phase.running, 13.5)
    expect(scheduler).toMatchObject({
      next: 1,
      settled: 0,
      phase: Phase.running,
      claimedAt: 12.5,
      runAt: 13.5,
      classTimeoutMs: 250,
    })
    expect(worker.buffer.byteLength).toBe(ControlBlock.BYTES)
  })

  it('is idle between calls, so that nobody is judged by the stamp of the call before', () => {
    const control = new ControlBlock()
    control.claim(0)
    control.enter(Phase.running, 1)
    expect(control.end(0)).toBe(true)
    expect(control.phase).toBe(Phase.idle)
    control.claim(1)
    expect(control.phase).toBe(Phase.idle)
  })

  it('asks one call, not the one after it', () => {
    const control = new ControlBlock()
    control.ask(1)
    control.look(2)
    expect([0, 1, 2].map((index) => control.isAsked(index))).toEqual([false, true, false])
    expect([0, 1, 2].map((index) => control.hasLooked(index))).toEqual([false, false, true])
    control.begin()
    expect([control.isAsked(1), control.hasLooked(2)]).toEqual([false, false])
  })

  it('lets nothing end once a call was stopped, and nothing be stopped that has ended', () => {
    const control = new ControlBlock()
    control.claim(0)
    control.claim(1)
    expect(control.end(0)).toBe(true)
    expect(control.stop(0)).toBe(false)
    expect(control.stop(1)).toBe(true)
    expect(control.end(1)).toBe(false)
    expect(control.settled).toBe(STOPPED)
  })

  it('names its phases as outcomes give them', () => {
    expect([Phase.loading, Phase.connecting, Phase.running, Phase.encoding].map(phaseName)).toEqual([
      'loading',
      'connecting',
      'running',
      'encoding',
    ])
  })
})

describe('the word that holds the running code', () => {
  it('is taken up by the thread, which waits until it is let go', async () => {
    const control = new ControlBlock()
    expect(control.takeHold()).toBe(false)
    control.wantHold()
    const held = control.whenHeld()
    expect(control.takeHold()).toBe(true)
    expect(control.withdrawHold()).toBe(false)
    control.hold(true)
    expect(await held).toBe(true)
    expect(control.isLetGo).toBe(false)
    control.letGo()
    expect(control.isLetGo).toBe(true)
  })

  it('can be withdrawn until it is taken up, and then is no longer to be had', async () => {
    const control = new ControlBlock()
    control.wantHold()
    const held = control.whenHeld()
    expect(control.withdrawHold()).toBe(true)
    expect(control.takeHold()).toBe(false)
    expect(await held).toBe(false)
  })

  it('says when the thread finds that it cannot hold', async () => {
    const control = new ControlBlock()
    control.wantHold()
    const held = control.whenHeld()
    control.takeHold()
    control.hold(false)
    expect(await held).toBe(false)
  })
})
