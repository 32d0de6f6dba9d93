import { describe, expect, it } from 'vitest'
import { availableCores } from '../src/available-cores.js'
import { type CallOptions, resolveCallOptions, resolveCloseOptions, resolveMapOptions } from '../src/call-options.js'
import { InvalidOptionError } from '../src/errors.js'
import { DEFAULTS, resolveOptions, resolveThreads, type TaskRuntimeOptions } from '../src/options.js'

/** Options as someone without types gives them. */
function resolved(options: unknown, environment: NodeJS.ProcessEnv = {}): unknown {
  return resolveOptions(options as TaskRuntimeOptions, environment)
}

function caught(action: () => unknown): InvalidOptionError {
  try {
    action()
  } catch (error) {
    if (error instanceof InvalidOptionError) return error
    throw error
  }
  return expect.fail('nothing was thrown')
}

describe('options', () => {
  it('all have defaults', () => {
    const cores = availableCores()
    expect(resolved(undefined)).toEqual({
      ...DEFAULTS,
      threads: { min: 1, max: cores, spare: 1 },
      userConnections: undefined,
      thread: expect.objectContaining({ recycleAfter: Number.POSITIVE_INFINITY }),
    })
    expect(resolved({})).toEqual(resolved(undefined))
    expect(DEFAULTS).toMatchObject({
      timeout: 60_000,
      grace: 1_000,
      startTimeout: 10_000,
      queue: { limit: 100_000, bytes: 268_435_456 },
      maxPayload: { bytes: 67_108_864, depth: 500 },
    })
  })

  it('given as undefined count as not given', () => {
    expect(resolved({ threads: undefined, timeout: undefined, queue: { limit: undefined } })).toEqual(resolved({}))
  })

  it('are taken as given where they are valid', () => {
    expect(
      resolved({
        threads: { min: 2, max: 6, spare: 0 },
        timeout: Number.POSITIVE_INFINITY,
        grace: 0,
        startTimeout: 0.5,
        queue: { limit: 1, bytes: Number.POSITIVE_INFINITY },
        userConnections: 'file:///connection.js',
        maxPayload: { bytes: 10, depth: 1 },
        thread: { recycleAfter: 5, execArgv: ['--expose-gc'], env: { A: 'b' }, resourceLimits: { stackSizeMb: 4 } },
      }),
    ).toMatchObject({
      threads: { min: 2, max: 6, spare: 0 },
      timeout: Number.POSITIVE_INFINITY,
      grace: 0,
      startTimeout: 0.5,
      queue: { limit: 1, bytes: Number.POSITIVE_INFINITY },
      userConnections: 'file:///connection.js',
      maxPayload: { bytes: 10, depth: 1 },
      thread: { recycleAfter: 5, execArgv: ['--expose-gc'], env: { A: 'b' }, resourceLimits: { stackSizeMb: 4 } },
    })
  })

  it.each<[string, unknown, { min: number; max: number }]>([
    ['a number means min = max', 3, { min: 3, max: 3 }],
    ['min alone raises max where it must', { min: 500 }, { min: 500, max: 500 }],
    ['max alone lowers min', { max: 1 }, { min: 1, max: 1 }],
  ])('threads: %s', (_, threads, expected) => {
    expect(resolved({ threads })).toMatchObject({ threads: expected })
  })

  it('maxPayload as a number means bytes', () => {
    expect(resolved({ maxPayload: 1_000 })).toMatchObject({ maxPayload: { bytes: 1_000, depth: 500 } })
  })

  it.each<[option: string, options: unknown, given: string, allowed: string | RegExp]>([
    ['options', null, 'null', 'an object with threads, timeout'],
    ['options', 'fast', '"fast"', 'an object with threads, timeout'],
    ['options', [], 'an array of 0', 'an object with threads, timeout'],
    ['treads', { treads: 2 }, '2', 'nothing, for there is no such option; known: threads, timeout'],
    ['threads', { threads: '4' }, '"4"', 'a whole number from 1, or { min, max, spare }'],
    ['threads', { threads: null }, 'null', 'a whole number from 1, or { min, max, spare }'],
    ['threads', { threads: 0 }, '0', 'a whole number from 1 to 1024'],
    ['threads', { threads: Number.NaN }, 'NaN', 'a whole number from 1 to 1024'],
    ['threads', { threads: 1.5 }, '1.5', 'a whole number from 1 to 1024'],
    ['threads', { threads: 30_000 }, '30000', 'a whole number from 1 to 1024'],
    ['threads.max', { threads: { max: 0 } }, '0', 'a whole number from 1 to 1024'],
    ['threads.min', { threads: { min: 3, max: 2 } }, '3', 'at most threads.max, which is 2'],
    ['threads.spare', { threads: { spare: -1 } }, '-1', 'a whole number from 0 to 1024'],
    ['threads.most', { threads: { most: 3 } }, '3', 'nothing, for there is no such option; known: min, max, spare'],
    ['timeout', { timeout: 0 }, '0', 'ms, more than 0 and up to 2147483647, or Infinity'],
    ['timeout', { timeout: -1 }, '-1', 'ms, more than 0'],
    ['timeout', { timeout: '5s' }, '"5s"', 'ms, more than 0'],
    ['timeout', { timeout: Number.NaN }, 'NaN', 'ms, more than 0'],
    ['timeout', { timeout: 2 ** 31 }, '2147483648', 'ms, more than 0 and up to 2147483647'],
    ['grace', { grace: -1 }, '-1', 'ms, from 0 to 2147483647'],
    ['grace', { grace: Number.POSITIVE_INFINITY }, 'Infinity', 'ms, from 0 to 2147483647'],
    ['startTimeout', { startTimeout: 0 }, '0', 'ms, more than 0'],
    ['queue', { queue: 5 }, '5', 'an object with limit, bytes'],
    ['queue.limit', { queue: { limit: 0 } }, '0', 'a whole number from 1, or Infinity'],
    ['queue.bytes', { queue: { bytes: '1 MB' } }, '"1 MB"', 'a whole number from 1, or Infinity'],
    ['queue.size', { queue: { size: 1 } }, '1', 'nothing, for there is no such option; known: limit, bytes'],
    [
      'userConnections',
      { userConnections: './connection.js' },
      '"./connection.js"',
      "a file: URL, such as new URL('./",
    ],
    ['userConnections', { userConnections: 7 }, '7', 'a file: URL'],
    ['maxPayload.bytes', { maxPayload: 0 }, '0', 'a whole number from 1 to 2147483647'],
    ['maxPayload.depth', { maxPayload: { depth: 501 } }, '501', 'a whole number from 1 to 500'],
    ['maxPayload', { maxPayload: '1 MB' }, '"1 MB"', 'an object with bytes, depth'],
    ['thread', { thread: true }, 'true', 'an object with resourceLimits, execArgv, env, recycleAfter'],
    ['thread.recycleAfter', { thread: { recycleAfter: 0 } }, '0', 'a whole number from 1, or Infinity'],
    [
      'thread.execargv',
      { thread: { execargv: [] } },
      'an array of 0',
      'nothing, for there is no such option; known: resourceLimits, execArgv',
    ],
    ['thread.execArgv', { thread: { execArgv: '--expose-gc' } }, '"--expose-gc"', /\w/],
    ['thread.execArgv', { thread: { execArgv: [1] } }, 'an array of 1', /\w/],
    ['thread.env', { thread: { env: 'A=b' } }, '"A=b"', /\w/],
    ['thread.resourceLimits', { thread: { resourceLimits: 64 } }, '64', /\w/],
  ])('%s: %j is refused, and the message says what is allowed', (option, options, given, allowed) => {
    const error = caught(() => resolved(options))
    expect(error).toMatchObject({ code: 'OFFMAIN_INVALID_OPTION', name: 'InvalidOptionError', option })
    expect(error.message.startsWith(`Option ${option} is ${given}; allowed: `)).toBe(true)
    expect(error.allowed).toMatch(allowed)
  })

  it('show what was given on the error, unshortened', () => {
    const given = { a: 1 }
    expect(caught(() => resolved({ timeout: given })).given).toBe(given)
  })
})

describe('OFFMAIN_THREADS', () => {
  it.each([
    ['4', { min: 4, max: 4 }],
    ['1-8', { min: 1, max: 8 }],
    [' 2 ', { min: 2, max: 2 }],
  ])('%j overrides min and max, not spare', (text, expected) => {
    const environment = { OFFMAIN_THREADS: text }
    expect(resolveThreads({ min: 3, max: 3, spare: 0 }, environment)).toEqual({ ...expected, spare: 0 })
    expect(resolved({}, environment)).toMatchObject({ threads: { ...expected, spare: 1 } })
  })

  it('when empty changes nothing', () => {
    expect(resolveThreads(3, { OFFMAIN_THREADS: '' })).toEqual({ min: 3, max: 3, spare: 1 })
  })

  it.each(['0', '-1', 'many', '8-1', '1-', '1.5', '2000', '1-2-3'])('%j is refused', (text) => {
    expect(caught(() => resolved({}, { OFFMAIN_THREADS: text })).message).toBe(
      `Option OFFMAIN_THREADS is ${JSON.stringify(text)}; allowed: a number of threads such as 4, or a range such as 1-8, up to 1024`,
    )
  })

  it('does not hide an invalid option', () => {
    expect(() => resolved({ threads: 'x' }, { OFFMAIN_THREADS: '4' })).toThrow(InvalidOptionError)
  })
})

describe('call options', () => {
  it('have defaults', () => {
    const none = { user: undefined, timeout: undefined, priority: 0, signal: undefined, name: undefined }
    expect(resolveCallOptions(undefined)).toEqual(none)
    expect(resolveCallOptions({})).toEqual(none)
  })

  it.each<[option: string, options: object, given: string, allowed: string]>([
    ['timeout', { timeout: 0 }, '0', 'ms, more than 0 and up to 2147483647, or Infinity'],
    ['timeout', { timeout: '1' }, '"1"', 'ms, more than 0'],
    ['priority', { priority: Number.NaN }, 'NaN', 'a finite number; higher starts first'],
    ['priority', { priority: 'high' }, '"high"', 'a finite number'],
    ['signal', { signal: {} }, 'an object', 'an AbortSignal'],
    ['name', { name: '' }, '""', 'a string that is not empty'],
    ['name', { name: 7 }, '7', 'a string that is not empty'],
    ['user', { user: 'ada' }, '"ada"', 'an object with a string id'],
    ['user.id', { user: { id: 7 } }, '7', 'a string'],
    ['user', { user: null }, 'null', 'an object with a string id'],
    [
      'retries',
      { retries: 3 },
      '3',
      'nothing, for there is no such option; known: user, timeout, priority, signal, name',
    ],
  ])('%s: %j is refused, and the message says what is allowed', (option, options, given, allowed) => {
    const error = caught(() => resolveCallOptions(options as CallOptions))
    expect(error.message).toMatch(`Option ${option} is ${given}; allowed: ${allowed}`)
  })
})

describe('map options', () => {
  it('split off what belongs to the calls', () => {
    expect(resolveMapOptions({ concurrency: 3, ordered: false, priority: 2 })).toEqual({
      call: { priority: 2 },
      concurrency: 3,
      ordered: false,
      nameOf: expect.any(Function),
    })
    expect(resolveMapOptions()).toMatchObject({ call: {}, concurrency: undefined, ordered: true })
  })

  it('name every call alike, or each by its item', () => {
    expect(resolveMapOptions().nameOf('item', 0)).toBeUndefined()
    expect(resolveMapOptions({ name: 'alike' }).nameOf('item', 0)).toBe('alike')
    const each = resolveMapOptions<string>({ name: (item, index) => `${index}: ${item}` })
    expect(each.nameOf('item', 3)).toBe('3: item')
    expect(() => resolveMapOptions({ name: '' })).toThrow(InvalidOptionError)
  })
})

describe('close options', () => {
  it('have a default, take 0 and Infinity, and nothing negative', () => {
    expect(resolveCloseOptions(undefined)).toEqual({ timeout: 60_000 })
    expect(resolveCloseOptions({ timeout: 0 })).toEqual({ timeout: 0 })
    expect(resolveCloseOptions({ timeout: Number.POSITIVE_INFINITY })).toEqual({ timeout: Number.POSITIVE_INFINITY })
    expect(() => resolveCloseOptions({ timeout: -1 })).toThrow(InvalidOptionError)
  })
})
