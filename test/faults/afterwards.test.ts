import { share } from 'offmain'
import { describe, expect, it } from 'vitest'
import { Zoo } from './zoo.js'

describe('what surfaces after its call has completed is told of that call, and costs no other', () => {
  it.each([
    ['late-rejection', 'too late'],
    ['late-exception', 'too late'],
    ['late-exit', /process\.exit\(7\) after the call had ended/],
    ['late-real-exit', /process\.reallyExit\(7\) after the call had ended/],
  ])('%s', async (name, message) => {
    const words = share(new Int32Array(new SharedArrayBuffer(4)))
    await using zoo = new Zoo({ name, parameters: { words } })
    const late = zoo.event('lateFailure')
    const outcome = await zoo.unleash()
    expect(outcome).toMatchObject({ status: 'completed', started: true })
    const replaced = zoo.event('threadStopped')
    Atomics.store(words, 0, 1)
    const { error, id, threadId } = await late
    expect({ id, threadId }).toEqual({ id: outcome.id, threadId: outcome.threadId })
    expect(error.message).toMatch(message)
    expect(await replaced).toMatchObject({ threadId: outcome.threadId })
    await zoo.innocentsComplete()
    expect(zoo.runtime.stats().settled).toMatchObject({ failed: 0, 'timed-out': 0, canceled: 0, crashed: 0 })
  })
})

describe('what a call leaves running is named, and its thread serves nobody else', () => {
  it.each([
    ['leaked-interval', ['Timeout']],
    ['leaked-server', ['TCPServerWrap']],
    ['leaked-socket', ['UDPWrap']],
  ])('%s', async (name, resources) => {
    await using zoo = new Zoo({ name })
    const leftover = zoo.event('leftover')
    const replaced = zoo.event('threadStopped')
    const outcome = await zoo.unleash()
    expect(outcome).toMatchObject({ status: 'completed' })
    await zoo.innocentsComplete()
    const { resources: found, id, threadId } = await leftover
    expect({ id, threadId }).toEqual({ id: outcome.id, threadId: outcome.threadId })
    expect(found).toEqual(expect.arrayContaining(resources))
    expect(await replaced).toMatchObject({
      threadId: outcome.threadId,
      reason: expect.stringContaining(`call ${outcome.id}`),
    })
    expect(await zoo.start(true).completion).not.toMatchObject({ threadId: outcome.threadId })
  })
})

describe('both are told by the name that the call was given', () => {
  it('late failures', async () => {
    const words = share(new Int32Array(new SharedArrayBuffer(4)).fill(1))
    await using zoo = new Zoo({ name: 'late-rejection', parameters: { words } })
    const late = zoo.event('lateFailure')
    await zoo.start().completion
    expect(await late).toMatchObject({ task: 'late-rejection' })
  })

  it('leftovers', async () => {
    await using zoo = new Zoo({ name: 'leaked-interval' })
    const leftover = zoo.event('leftover')
    await zoo.start().completion
    expect(await leftover).toMatchObject({ task: 'leaked-interval' })
  })
})

describe('a loop that begins after its call has completed holds up nobody', () => {
  it('late-loop: in a timer', async () => {
    const words = share(new Int32Array(new SharedArrayBuffer(4)))
    await using zoo = new Zoo({ name: 'late-loop', parameters: { words } })
    expect(await zoo.unleash()).toMatchObject({ status: 'completed' })
    Atomics.store(words, 0, 1)
    await zoo.innocentsComplete()
    // The loop has begun by now, or does while this one waits for the same thread.
    for (let round = 0; round < 20; round++)
      expect(await zoo.start(true).completion).toMatchObject({ status: 'completed' })
  })

  it('late-microtask-loop', async () => {
    await using zoo = new Zoo({ name: 'late-microtask-loop' })
    expect(await zoo.unleash()).toMatchObject({ status: 'completed' })
    await zoo.innocentsComplete()
  })

  it('loop-in-exit-listener: of a thread that is replaced', async () => {
    await using zoo = new Zoo({ name: 'loop-in-exit-listener', options: { thread: { recycleAfter: 30 } } })
    const replaced = zoo.event('threadStopped')
    expect(await zoo.unleash()).toMatchObject({ status: 'completed' })
    await zoo.innocentsComplete()
    for (let round = 0; round < 30; round++)
      expect(await zoo.start(true).completion).toMatchObject({ status: 'completed' })
    expect(await replaced).toMatchObject({ reason: expect.stringContaining('served 30 calls') })
  })
})

describe('pollution', () => {
  const clean = '{"parsed":1}'
  const seen = '{"ofPrototype":"yes","ofGlobal":"yes","ofModule":"yes","ofEnv":"yes","parsed":"polluted"}'

  it('of prototypes and globals is seen by whoever comes to the same thread', async () => {
    await using zoo = new Zoo({ name: 'pollution' })
    const polluted = await zoo.unleash()
    await zoo.innocentsComplete()
    const next = await zoo.start(true).completion
    expect(next).toMatchObject({ status: 'completed', threadId: polluted.threadId, value: seen })
  })

  it('is seen by nobody with thread.recycleAfter: 1', async () => {
    await using zoo = new Zoo({ name: 'pollution', options: { thread: { recycleAfter: 1 } } })
    const polluted = await zoo.unleash()
    await zoo.innocentsComplete()
    const next = await zoo.start(true).completion
    expect(next).toMatchObject({ status: 'completed', value: clean })
    expect(next.threadId).not.toBe(polluted.threadId)
  })
})
