import { relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import { type RunArguments, readRunRequest } from '../../src/cli/run-request.js'
import { UsageError } from '../../src/cli/usage-error.js'
import { everyday, fixtures } from './offmain-process.js'

const least: RunArguments = { module: everyday, task: 'Echo' }

describe('readRunRequest', () => {
  it('leaves out what is not given', () => {
    expect(readRunRequest(least)).toEqual({
      task: { url: pathToFileURL(everyday).href, exportName: 'Echo' },
      parameters: undefined,
      input: undefined,
      user: undefined,
      userConnections: undefined,
      threads: undefined,
      timeout: undefined,
      json: false,
    })
  })

  it('reads what is given', () => {
    const connections = `${fixtures}greeting-connection.mjs`
    const given = { parameters: '[1]', user: '{"id":"u"}', threads: '1-8', timeout: '250', json: true }
    expect(readRunRequest({ ...least, ...given, 'user-connections': connections })).toMatchObject({
      parameters: [1],
      user: { id: 'u' },
      userConnections: pathToFileURL(connections).href,
      threads: { min: 1, max: 8 },
      timeout: 250,
      json: true,
    })
  })

  it('takes a path relative to the working directory, with signs that mean something in URLs', () => {
    const { task } = readRunRequest({ ...least, module: relative(process.cwd(), everyday) })
    expect(task.url).toBe(pathToFileURL(everyday).href)
    expect(() => readRunRequest({ ...least, module: 'a#b?c%20.mjs' })).toThrow(/there is no .*a#b\?c%20\.mjs$/)
  })

  it.each([
    ['Infinity', Number.POSITIVE_INFINITY],
    ['0.5', 0.5],
  ])('takes a timeout of %s', (text, timeout) => {
    expect(readRunRequest({ ...least, timeout: text }).timeout).toBe(timeout)
  })

  it.each(['0', '-1', '', 'NaN', '1e3', '0x10', '99999999999'])('takes no timeout of %j', (timeout) => {
    expect(() => readRunRequest({ ...least, timeout })).toThrow(InvalidLimit)
  })

  it.each<[string, Partial<RunArguments>]>([
    ['null as a user', { user: 'null' }],
    ['an array as a user', { user: '["id"]' }],
    ['a number as id', { user: '{"id":1}' }],
    ['both parameters and input', { parameters: '1', input: '-' }],
    ['empty parameters', { parameters: '' }],
  ])('takes no %s', (_, given) => {
    expect(() => readRunRequest({ ...least, ...given })).toThrow(UsageError)
  })
})

/** What the runtime says of its own option. */
const InvalidLimit = /^Option --timeout is .*allowed: ms/
