import { promiseHooks } from 'node:v8'
import { afterEach, expect, it } from 'vitest'
import { callInterruptibly } from '../../workers/interruption.js'
import { look, type Sighting } from '../../workers/look.js'

function lookHere(): Sighting {
  return look()
}

function makePromise(): Promise<void> {
  return Promise.resolve()
}

afterEach(() => {
  // What a test has begun to look at is looked at to its end, so that the next begins anew.
  while (!lookHere().isComplete);
})

it('finds code that the thread has called where its frames are, at once', () => {
  const { frames, isComplete } = callInterruptibly(lookHere)
  expect(isComplete).toBe(true)
  expect(frames[0]).toMatchObject({ function: 'lookHere', url: import.meta.url })
})

it('finds code of a later turn where it makes a promise', () => {
  expect(lookHere().isComplete).toBe(false)
  makePromise()
  const { frames, isComplete } = lookHere()
  expect(isComplete).toBe(true)
  expect(frames[0]).toMatchObject({ function: 'makePromise', url: import.meta.url })
})

it('does not count the code of Node that calls several hooks', () => {
  const stop = promiseHooks.onInit(() => {}) as () => void
  try {
    lookHere()
    makePromise()
    expect(lookHere().frames[0]?.function).toBe('makePromise')
  } finally {
    stop()
  }
})

it('finds code of a later turn that makes no promises by its frames, after some looks', () => {
  const sightings = Array.from({ length: 4 }, lookHere)
  expect(sightings.map(({ isComplete }) => isComplete)).toEqual([false, false, false, true])
  expect(sightings[3]?.frames[0]).toMatchObject({ function: 'lookHere', url: import.meta.url })
})

it('begins anew after it has found something', () => {
  lookHere()
  makePromise()
  lookHere()
  makePromise()
  expect(lookHere().isComplete).toBe(false)
})
