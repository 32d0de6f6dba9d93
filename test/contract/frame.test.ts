import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type ConnectionUse,
  type Definitions,
  encodeFrame,
  type FrameCall,
  FrameReader,
} from '../../src/contract/frame.js'

const call: fc.Arbitrary<FrameCall> = fc.record({
  id: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
  taskKey: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  userKey: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  connection: fc.constantFrom<ConnectionUse>(0, 1, 2),
  parameters: fc.uint8Array({ maxLength: 50 }),
  attachments: fc.option(
    fc.array(
      fc.nat(9).map((size) => new ArrayBuffer(size)),
      { minLength: 1, maxLength: 3 },
    ),
    {
      nil: undefined,
    },
  ),
})

const definitions: fc.Arbitrary<Definitions> = fc.record({
  tasks: fc.array(fc.tuple(fc.nat(), fc.webUrl(), fc.stringMatching(/^[A-Z]\w*$/)), { maxLength: 4 }),
  users: fc.array(fc.tuple(fc.nat(), fc.uint8Array({ maxLength: 20 })), { maxLength: 4 }),
  forgetUsers: fc.boolean(),
})

describe('a frame', () => {
  it('gives back every call it was made of, with its own attachments, and the definitions', () => {
    fc.assert(
      fc.property(
        fc.nat(2 ** 32 - 1),
        fc.array(call, { minLength: 1, maxLength: 12 }),
        fc.option(definitions, { nil: undefined }),
        (batch, calls, given) => {
          const frame = encodeFrame(batch, calls, given)
          const reader = new FrameReader(
            frame,
            calls.flatMap(({ attachments }) => attachments ?? []),
          )
          expect([reader.batch, reader.count]).toEqual([batch, calls.length])
          expect(reader.definitions).toEqual(given)
          for (const [index, original] of calls.entries()) {
            const { parameters, attachments, ...rest } = reader.read(index)
            expect({ ...rest, parameters: [...parameters] }).toEqual({
              id: original.id,
              taskKey: original.taskKey,
              userKey: original.userKey,
              connection: original.connection,
              parameters: [...original.parameters],
            })
            expect(attachments?.length).toBe(original.attachments?.length)
            for (const [place, attachment] of (original.attachments ?? []).entries()) {
              expect(attachments?.[place]).toBe(attachment)
            }
          }
        },
      ),
      { numRuns: 300 },
    )
  })

  it('owns its memory whole, so that transferring it takes nothing else along', () => {
    const parameters = Buffer.from('pooled')
    const frame = encodeFrame(
      1,
      [{ id: 1, taskKey: 1, userKey: 0, connection: 0, parameters, attachments: undefined }],
      undefined,
    )
    expect(frame.byteOffset).toBe(0)
    expect(frame.byteLength).toBe(frame.buffer.byteLength)
    expect(frame.buffer).not.toBe(parameters.buffer)
  })
})
