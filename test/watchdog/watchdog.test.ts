import { describe, expect, it } from 'vitest'
import { now } from '../../src/contract/clock.js'
import { ControlBlock, Phase, type PhaseName } from '../../src/contract/control-block.js'
import {
  LINGER_MS,
  LONG_CALL_MS,
  SPARE_AFTER_MS,
  Watchdog,
  type WatchdogListener,
  type Watched,
} from '../../src/watchdog/watchdog.js'

/** A lane without a thread: the test plays the worker on its control block. */
class TestLane implements Watched<string> {
  readonly control = new ControlBlock()
  isServing = true
  rested = 0

  constructor(
    readonly length: number,
    readonly limitMs: number,
  ) {
    this.control.begin()
  }

  callAt(index: number): string | undefined {
    return index < this.length ? `call ${index}` : undefined
  }

  restedMs(): number {
    return this.rested
  }

  limitOf(_: number, classTimeoutMs: number): number {
    return classTimeoutMs > 0 ? classTimeoutMs : this.limitMs
  }

  begin(index: number, phase: Phase): void {
    this.control.claim(index)
    this.control.enter(Phase.loading, now())
    if (phase !== Phase.loading) this.control.enter(phase, now())
  }
}

interface Found {
  readonly what: 'overdue' | 'holdsUpOthers' | 'runsLong' | 'occupies' | 'lingers'
  readonly index?: number
  readonly phase?: PhaseName
  readonly limitMs?: number
}

/** What the watchdog finds of a lane, up to the first of that kind. */
function found(lane: TestLane, what: Found['what'], startTimeoutMs = 60_000): Promise<Found[]> {
  return new Promise((resolve) => {
    const all: Found[] = []
    // A watchdog keeps no process alive, and this test has nothing else that does.
    const alive = setInterval(() => {}, 1_000)
    const note = (each: Found): void => {
      all.push(each)
      if (each.what !== what) return
      watchdog.stop()
      clearInterval(alive)
      resolve(all)
    }
    const listener: WatchdogListener<TestLane> = {
      overdue: (_, index, phase, limitMs) => note({ what: 'overdue', index, phase, limitMs }),
      holdsUpOthers: () => note({ what: 'holdsUpOthers' }),
      runsLong: (_, index) => note({ what: 'runsLong', index }),
      occupies: () => note({ what: 'occupies' }),
      lingers: () => note({ what: 'lingers' }),
    }
    const watchdog = new Watchdog<string, TestLane>([lane], startTimeoutMs, listener)
    watchdog.expect(lane, now())
  })
}

describe('the watchdog', () => {
  it.each([
    ['does not take its first call', 0],
    ['does not come back from its last', 1],
  ])('tells of a thread that %s', async (_, ended) => {
    const lane = new TestLane(1, 60_000)
    if (ended === 1) {
      lane.begin(0, Phase.running)
      lane.control.end(0)
    }
    const from = now()
    expect(await found(lane, 'lingers')).toEqual([{ what: 'lingers' }])
    expect(now() - from).toBeGreaterThanOrEqual(LINGER_MS)
  })

  it('does not mistake a thread that has come back for one that lingers', async () => {
    const back = new TestLane(1, 60_000)
    back.isServing = false
    const busy = new TestLane(1, LINGER_MS + 100)
    busy.begin(0, Phase.running)
    const told: string[] = []
    const alive = setInterval(() => {}, 1_000)
    await new Promise<void>((resolve) => {
      const note = (what: string) => (lane: TestLane) => {
        if (lane === back) told.push(what)
        if (lane === busy && what === 'overdue') resolve()
      }
      const watchdog = new Watchdog<string, TestLane>([back, busy], 60_000, {
        overdue: note('overdue'),
        holdsUpOthers: note('holdsUpOthers'),
        runsLong: note('runsLong'),
        occupies: note('occupies'),
        lingers: note('lingers'),
      })
      watchdog.expect(busy, now())
    })
    clearInterval(alive)
    expect(told).toEqual([])
  })

  it('finds a call that has reached its limit, not before', async () => {
    const lane = new TestLane(1, 120)
    lane.begin(0, Phase.running)
    const all = await found(lane, 'overdue')
    expect(now() - lane.control.runAt).toBeGreaterThanOrEqual(120)
    expect(all.at(-1)).toEqual({ what: 'overdue', index: 0, phase: 'running', limitMs: 120 })
    expect(all.filter(({ what }) => what === 'overdue')).toHaveLength(1)
  })

  it('goes by the limit of the class where there is one', async () => {
    const lane = new TestLane(1, 60_000)
    lane.control.classTimeoutMs = 80
    lane.begin(0, Phase.running)
    expect((await found(lane, 'overdue')).at(-1)).toMatchObject({ limitMs: 80 })
  })

  it.each([
    [Phase.loading, 'loading'],
    [Phase.connecting, 'connecting'],
  ] as const)('counts phase %d against startTimeout', async (phase, name) => {
    const lane = new TestLane(1, 1)
    lane.begin(0, phase)
    const all = await found(lane, 'overdue', 80)
    expect(all.at(-1)).toEqual({ what: 'overdue', index: 0, phase: name, limitMs: 80 })
    expect(now() - lane.control.claimedAt).toBeGreaterThanOrEqual(80)
  })

  it('tells of a call that runs long before it is overdue', async () => {
    const lane = new TestLane(1, 60_000)
    lane.begin(0, Phase.running)
    expect((await found(lane, 'runsLong')).at(-1)).toEqual({ what: 'runsLong', index: 0 })
    expect(now() - lane.control.runAt).toBeGreaterThanOrEqual(SPARE_AFTER_MS)
  })

  it('tells of a call that holds up others of its batch, and of none that is the last', async () => {
    const lane = new TestLane(2, 60_000)
    lane.begin(0, Phase.running)
    await found(lane, 'holdsUpOthers')
    expect(now() - lane.control.claimedAt).toBeGreaterThanOrEqual(LONG_CALL_MS)
    const last = new TestLane(1, 60_000)
    last.begin(0, Phase.running)
    expect((await found(last, 'runsLong')).map(({ what }) => what)).not.toContain('holdsUpOthers')
  })

  it('judges the call that runs by its own stamp, not by that of the call before', async () => {
    const lane = new TestLane(2, 200)
    lane.begin(0, Phase.running)
    lane.control.enter(Phase.running, now() - 150)
    lane.control.end(0)
    lane.begin(1, Phase.running)
    const all = await found(lane, 'overdue')
    expect(all.at(-1)).toMatchObject({ index: 1 })
    expect(now() - lane.control.runAt).toBeGreaterThanOrEqual(200)
  })

  it('finds nothing of a call that ended while nobody could look, past its limit', async () => {
    const lane = new TestLane(1, 30)
    lane.begin(0, Phase.running)
    const watched = found(lane, 'overdue')
    const end = now() + 100
    while (now() < end);
    lane.control.end(0)
    const quiet = new Promise((resolve) => setTimeout(resolve, 150, 'nothing'))
    expect(await Promise.race([watched, quiet])).toBe('nothing')
  })
})
