import { ResultSerializationError, TaskCrashedError, TaskFailedError } from 'offmain'
import { describe, expect, it } from 'vitest'
import { Zoo } from './zoo.js'

describe('a thread that its call ends is a crash of that call alone', () => {
  it.each(['process-exit', 'process-really-exit', 'exit-in-timer'])('%s', async (name) => {
    await using zoo = new Zoo({ name })
    const outcome = await zoo.unleash()
    await zoo.innocentsComplete()
    if (outcome.status !== 'crashed') expect.fail(outcome.status)
    expect(outcome.error).toBeInstanceOf(TaskCrashedError)
    expect(outcome.error).toMatchObject({ code: 'OFFMAIN_TASK_CRASHED', task: name, phase: 'running' })
    expect(outcome.error.message).toContain('exited with code 7')
    expect(outcome.started).toBe(true)
  })
})

describe('what is thrown fails its call alone, whatever it is', () => {
  it.each<[what: string, message: string | RegExp]>([
    ['undefined', 'thrown undefined'],
    ['null', 'thrown null'],
    ['false', 'thrown boolean: false'],
    ['zero', 'thrown number: 0'],
    ['nan', 'thrown number: NaN'],
    ['empty string', 'thrown string: ""'],
    ['string', 'thrown string: "just words"'],
    ['bigint', 'thrown bigint: 17'],
    ['symbol', 'thrown symbol: Symbol(secret)'],
    ['function', 'thrown function'],
    ['class', 'thrown function'],
    ['array', 'thrown array'],
    ['object', 'thrown object'],
    ['frozen object', 'thrown object'],
    ['object without prototype', 'thrown object'],
    ['cycle', 'thrown object'],
    ['proxy', 'thrown object'],
    ['revoked proxy', 'thrown object'],
    ['promise', 'thrown object'],
    ['rejected promise', 'thrown object'],
    ['hostile getters', ''],
    ['hostile toString', 'thrown object'],
    ['error without prototype', 'bare'],
    ['error of another realm', 'elsewhere'],
    ['error whose cause is itself', 'round'],
    ['DOMException', 'aborted'],
    ['error with everything', 'much'],
  ])('%s', async (what, message) => {
    await using zoo = new Zoo({ name: 'throws', parameters: { what } })
    const outcome = await zoo.unleash()
    await zoo.innocentsComplete()
    if (outcome.status !== 'failed') expect.fail(outcome.status)
    expect(outcome.error).toBeInstanceOf(TaskFailedError)
    expect(outcome.error).toMatchObject({ task: 'throws', phase: 'running', cause: { message } })
    expect(zoo.runtime.stats().settled).toMatchObject({ failed: 1, crashed: 0 })
  })

  it('a rejection with undefined', async () => {
    await using zoo = new Zoo({ name: 'rejects' })
    expect(await zoo.unleash()).toMatchObject({ status: 'failed', error: { cause: { message: 'thrown undefined' } } })
    await zoo.innocentsComplete()
  })

  it('recursion without end', async () => {
    await using zoo = new Zoo({ name: 'recursion' })
    const outcome = await zoo.unleash()
    await zoo.innocentsComplete()
    expect(outcome).toMatchObject({
      status: 'failed',
      error: { phase: 'running', cause: { name: 'RangeError', message: 'Maximum call stack size exceeded' } },
    })
  })

  it('an error with a message of 50 MB, which is cut', async () => {
    await using zoo = new Zoo({ name: 'huge-message' })
    const outcome = await zoo.unleash()
    await zoo.innocentsComplete()
    if (outcome.status !== 'failed') expect.fail(outcome.status)
    const { cause, message, stack } = outcome.error as TaskFailedError
    expect(cause.message).toMatch(/^x+… \(\d+ more characters\)$/)
    expect(cause.message.length).toBeLessThan(10_000)
    expect(cause.stack?.length).toBeLessThan(40_000)
    expect(message.length).toBeLessThan(10_000)
    expect(stack?.length).toBeLessThan(40_000)
  })
})

describe('a result that would run foreign code while it is encoded does not get to run it', () => {
  it.each([
    ['proxy-result', '$.rows[0]', 'proxy'],
    ['getter-result', '$.total', expect.stringMatching(/accessor|getter/)],
  ])('%s', async (name, path, found) => {
    await using zoo = new Zoo({ name })
    const outcome = await zoo.unleash()
    await zoo.innocentsComplete()
    if (outcome.status !== 'failed') expect.fail(outcome.status)
    expect(outcome.error).toBeInstanceOf(ResultSerializationError)
    expect(outcome.error).toMatchObject({ task: name, path, found })
  })

  it('iterator-result', async () => {
    await using zoo = new Zoo({ name: 'iterator-result' })
    const outcome = await zoo.unleash()
    await zoo.innocentsComplete()
    expect(outcome).toMatchObject({ status: 'completed', value: { map: new Map([['a', 1]]), set: new Set([1]) } })
  })
})
