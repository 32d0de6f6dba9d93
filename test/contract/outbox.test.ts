import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Ending, MAX_BATCH, Outbox, type Report } from '../../src/contract/outbox.js'

function report(bytes: Uint8Array, more: Partial<Report> = {}): Report {
  return { ending: Ending.completed, claimedAt: 1.5, runAt: 2.25, endAt: 3.125, bytes, attachments: undefined, ...more }
}

/** What a report says, whatever it is made of. */
function contents(each: Report | undefined): unknown {
  if (each === undefined) return undefined
  const { ending, claimedAt, runAt, endAt, bytes, attachments } = each
  return { ending, claimedAt, runAt, endAt, bytes: [...bytes], attachments }
}

/** The two sides of one outbox. */
function sides(): { worker: Outbox; scheduler: Outbox } {
  const worker = new Outbox()
  return { worker, scheduler: new Outbox(worker.buffer) }
}

describe('an outbox', () => {
  it('gives the other side the reports as they were written, however it reads them in parts', () => {
    const anyReport = fc
      .record({
        ending: fc.constantFrom<Ending>(0, 1, 2),
        claimedAt: fc.double({ noNaN: true }),
        runAt: fc.double({ noNaN: true }),
        endAt: fc.double({ noNaN: true }),
        bytes: fc.uint8Array({ maxLength: 2_000 }),
      })
      .map((fields): Report => ({ ...fields, attachments: undefined }))
    fc.assert(
      fc.property(
        fc.array(anyReport, { maxLength: MAX_BATCH }),
        fc.array(fc.nat(MAX_BATCH), { maxLength: 5 }),
        (reports, cuts) => {
          const { worker, scheduler } = sides()
          for (let batch = 0; batch < 2; batch++) {
            worker.rewind()
            scheduler.rewind()
            const fits = reports.map((each, index) => worker.write(index, each))
            const read: (Report | undefined)[] = []
            for (const cut of [...cuts.toSorted((a, b) => a - b), reports.length]) {
              if (cut > read.length && cut <= reports.length) read.push(...scheduler.read(read.length, cut))
            }
            expect(read.map(contents)).toEqual(reports.map((each, index) => (fits[index] ? contents(each) : undefined)))
          }
        },
      ),
      { numRuns: 100 },
    )
  })

  it('refuses a report that does not fit any more, and takes smaller ones after it', () => {
    const { worker, scheduler } = sides()
    expect(worker.write(0, report(new Uint8Array(10).fill(1)))).toBe(true)
    expect(worker.write(1, report(new Uint8Array(Outbox.BYTES)))).toBe(false)
    expect(worker.write(2, report(new Uint8Array(10).fill(3)))).toBe(true)
    const read = scheduler.read(0, 3)
    expect(read[1]).toBeUndefined()
    expect([read[0]?.bytes, read[2]?.bytes].map((bytes) => bytes?.[0])).toEqual([1, 3])
  })

  it('refuses a report with attachments, which shared memory cannot carry', () => {
    const { worker, scheduler } = sides()
    expect(worker.write(0, report(new Uint8Array(1), { attachments: [new ArrayBuffer(8)] }))).toBe(false)
    expect(scheduler.read(0, 1)).toEqual([undefined])
  })

  it('takes the most calls a batch may have, with reports that fill it to the last byte', () => {
    const { worker, scheduler } = sides()
    const room = Outbox.BYTES - MAX_BATCH * 32
    const bytes = new Uint8Array(room / MAX_BATCH).fill(7)
    for (let index = 0; index < MAX_BATCH; index++) expect(worker.write(index, report(bytes))).toBe(true)
    expect(scheduler.read(0, MAX_BATCH).every((each) => each?.bytes.every((byte) => byte === 7))).toBe(true)
  })

  it('gives reports that the next batch does not overwrite', () => {
    const { worker, scheduler } = sides()
    worker.write(0, report(new Uint8Array([1, 2, 3])))
    const [first] = scheduler.read(0, 1)
    worker.rewind()
    worker.write(0, report(new Uint8Array([9, 9, 9])))
    expect([...(first?.bytes ?? [])]).toEqual([1, 2, 3])
    expect(first?.bytes.buffer).toBeInstanceOf(ArrayBuffer)
  })
})
