import { describe, expect, it } from 'vitest'
import { MAX_BATCH } from '../../src/contract/outbox.js'
import { BATCH_WORK_MS, BatchBudget, RunTimeEstimate } from '../../src/scheduling/batch-size.js'

function admits(budget: BatchBudget, meanMs: number | undefined): boolean {
  if (!budget.fits(meanMs)) return false
  budget.add(meanMs)
  return true
}

function admitted(budget: BatchBudget, meanMs: number | undefined): number {
  let calls = 0
  while (calls < 1_000 && admits(budget, meanMs)) calls++
  return calls
}

describe('a batch', () => {
  it('takes as many short calls as make up its work', () => {
    expect(admitted(new BatchBudget(1_000), BATCH_WORK_MS / 8)).toBe(8)
  })

  it('never takes more than the outbox has room for', () => {
    expect(admitted(new BatchBudget(1_000), 0)).toBe(MAX_BATCH)
  })

  it('takes no more than its lane’s share of the queue, and at least one', () => {
    expect(admitted(new BatchBudget(3), 0)).toBe(3)
    expect(admitted(new BatchBudget(0), 0)).toBe(1)
  })

  it.each([undefined, BATCH_WORK_MS * 2, 10_000])('takes a call of mean run time %s alone', (meanMs) => {
    expect(admitted(new BatchBudget(1_000), meanMs)).toBe(1)
    const begun = new BatchBudget(1_000)
    admits(begun, 0.001)
    expect(admits(begun, meanMs)).toBe(false)
  })

  it('whose first call is unproven takes none after it', () => {
    const budget = new BatchBudget(1_000)
    expect(admits(budget, undefined)).toBe(true)
    expect(admits(budget, 0)).toBe(false)
  })
})

describe('the mean run time', () => {
  it('is not known before the first call has ended', () => {
    expect(new RunTimeEstimate().meanMs).toBeUndefined()
  })

  it('follows the latest calls', () => {
    const estimate = new RunTimeEstimate()
    estimate.add(10)
    expect(estimate.meanMs).toBe(10)
    for (let call = 0; call < 40; call++) estimate.add(2)
    expect(estimate.meanMs).toBeCloseTo(2, 0)
    estimate.add(1_000)
    expect(estimate.meanMs).toBeGreaterThan(BATCH_WORK_MS)
  })
})
