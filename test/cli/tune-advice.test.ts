import { describe, expect, it } from 'vitest'
import { type AdviceFigures, advise } from '../../src/cli/tune-advice.js'

/** A task of 10 ms on two cores. */
const figures: AdviceFigures = {
  task: 'Build',
  work: 10,
  waiting: 0,
  hop: 0.05,
  inlineThroughput: 100,
  sizes: [
    { threads: 1, throughput: 99, mainThreadPerCall: 0.08 },
    { threads: 2, throughput: 195, mainThreadPerCall: 0.08 },
    { threads: 4, throughput: 198, mainThreadPerCall: 0.09 },
  ],
}

/** A task that is shorter than its hop; the pool's figures decide. */
function short(workMs: number, gain: number, mainThreadPerCall: number): AdviceFigures {
  const inlineThroughput = 1_000 / workMs
  const sizes = [1, 2].map((threads) => ({
    threads,
    throughput: (gain * inlineThroughput * threads) / 2,
    mainThreadPerCall,
  }))
  return { ...figures, work: workMs, inlineThroughput, sizes }
}

describe('the advice', () => {
  it('is the knee where the work is dearer than the hop', () => {
    expect(advise(figures)).toEqual({
      pays: true,
      threads: 2,
      knee: 2,
      reason: 'The work takes 10.0 ms of the main thread and the hop to a thread 50.0 µs: threads pay.',
      notes: ['2 threads complete 195/s, 1.95 × inline; more threads gain less than 5 %.'],
    })
  })

  it('is threads even where one core is all there is: the main thread is free', () => {
    const sizes = [{ threads: 1, throughput: 97, mainThreadPerCall: 0.1 }]
    const notes = ['1 thread completes 97/s, 0.97 × inline; more threads than were measured may gain more.']
    expect(advise({ ...figures, sizes })).toMatchObject({ pays: true, threads: 1, notes })
  })

  it('is no threads where the hop is dearer than the work', () => {
    expect(advise(short(0.005, 0.9, 0.004))).toEqual({
      pays: false,
      threads: null,
      knee: 2,
      reason: 'The hop to a thread takes 50.0 µs and the work only 5.00 µs: a thread does not pay. Run it inline.',
      notes: [
        'With many calls in flight 2 threads complete 0.90 × the inline throughput, and each call takes 4.00 µs of the main thread.',
        'Larger pieces pay better: give one call more of this work to do.',
      ],
    })
  })

  it('is threads where batches make up for the hop', () => {
    expect(advise(short(0.03, 1.8, 0.004))).toMatchObject({
      pays: true,
      threads: 2,
      reason:
        'The hop to a thread takes 50.0 µs and the work only 30.0 µs, but many calls in flight share hops, ' +
        'and then one takes 4.00 µs of the main thread: threads pay.',
    })
  })

  it.each([
    ['the gain is small', short(0.03, 1.49, 0.004), false],
    ['the gain is just large enough', short(0.03, 1.5, 0.004), true],
    ['sending costs more than a quarter of the work', short(0.03, 1.8, 0.0076), false],
    ['sending costs a quarter of the work', short(0.03, 1.8, 0.0075), true],
    ['the work is as dear as the hop', short(0.05, 0.5, 0.04), true],
  ])('weighs batches: %s', (_, given, pays) => {
    expect(advise(given).pays).toBe(pays)
  })

  it('says that waiting needs no thread', () => {
    const { notes } = advise({ ...figures, work: 1, waiting: 0.9 })
    expect(notes).toContain(
      'Build waits 90 % of its time: waiting needs no thread, the main thread can wait for many at once.',
    )
    expect(advise({ ...figures, waiting: 0.4 }).notes).toHaveLength(1)
  })

  it('is none where nothing completed', () => {
    const sizes = [{ threads: 1, throughput: 0, mainThreadPerCall: 0 }]
    expect(advise({ ...figures, sizes })).toMatchObject({ pays: false, threads: null, knee: null })
  })
})
