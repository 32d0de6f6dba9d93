import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decode, encode } from '../../src/contract/codec.js'
import { type ErrorRecord, reviveError, toErrorRecord } from '../../src/contract/error-record.js'
import { anyValue } from './any-value.js'

/** As it goes between threads. */
function crossed(thrown: unknown): Error {
  const { bytes, attachments } = encode(toErrorRecord(thrown))
  return reviveError(decode(bytes, attachments) as ErrorRecord)
}

function never(): never {
  throw new Error('foreign code ran')
}

const everyTrap: ProxyHandler<object> = new Proxy({}, { get: () => never })

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable(new Error('a'), {})
  revoke()
  return proxy
}

describe('an error', () => {
  it.each([Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError])(
    'arrives as an instance of its standard class: %o',
    (itsClass) => {
      const error = new itsClass('why')
      const arrived = crossed(error)
      expect(arrived).toBeInstanceOf(itsClass)
      expect(arrived.constructor).toBe(itsClass)
      expect(arrived).toMatchObject({ name: itsClass.name, message: 'why', stack: error.stack })
      expect(Object.keys(arrived)).toEqual([])
    },
  )

  it('keeps a name of its own, a code and its fields', () => {
    class OutOfStock extends TypeError {
      override name = 'OutOfStock'
      code = 'E_STOCK'
      item = { id: 7, since: new Date(5) }
      retry = never
      order = new Map([[1, never]])
    }
    const arrived = crossed(new OutOfStock('none left'))
    expect(arrived).toBeInstanceOf(Error)
    expect(arrived).toMatchObject({
      name: 'OutOfStock',
      message: 'none left',
      code: 'E_STOCK',
      item: { id: 7, since: new Date(5) },
      retry: '[function]',
      order: '[object]',
    })
    expect(String(arrived)).toBe('OutOfStock: none left')
  })

  it('keeps the name of an abort', () => {
    const aborted = crossed(AbortSignal.abort().reason)
    expect(aborted.name).toBe('AbortError')
    expect(aborted).toMatchObject({ code: 20 })
  })

  it('keeps the errors of an aggregate, the first 20', () => {
    const arrived = crossed(
      new AggregateError(
        Array.from({ length: 30 }, (_, i) => new RangeError(`${i}`)),
        'many',
      ),
    )
    expect(arrived).toBeInstanceOf(AggregateError)
    const { errors } = arrived as AggregateError
    expect(errors).toHaveLength(20)
    expect(errors[19]).toBeInstanceOf(RangeError)
    expect(errors[19].message).toBe('19')
  })

  it('stays small when aggregates multiply', () => {
    let error: Error = new Error('leaf')
    for (let i = 0; i < 6; i++) error = new AggregateError(new Array(20).fill(error))
    expect(encode(toErrorRecord(error)).bytes.byteLength).toBeLessThan(1_000_000)
  })

  it('keeps its causes, to the fifth', () => {
    let error = new Error('cause 8')
    for (let i = 7; i >= 0; i--) error = new Error(`cause ${i}`, { cause: error })
    const messages: unknown[] = []
    let next: unknown = crossed(error)
    while (next instanceof Error) {
      messages.push(next.message)
      next = next.cause
    }
    expect(messages).toEqual(['cause 0', 'cause 1', 'cause 2', 'cause 3', 'cause 4', 'cause 5'])
    expect(next).toBe('[more causes]')
  })

  it('keeps a cause that is no error', () => {
    expect(crossed(new Error('a', { cause: { status: 404 } })).cause).toEqual({ status: 404 })
    expect(crossed(new Error('a', { cause: null })).cause).toBeNull()
    expect(crossed(new Error('a', { cause: never })).cause).toBe('[function]')
    expect('cause' in crossed(new Error('a'))).toBe(false)
  })

  it('arrives when it is its own cause', () => {
    const error = new Error('round')
    error.cause = new Error('and round', { cause: error })
    const arrived = crossed(error)
    expect(arrived.cause).toMatchObject({ message: 'and round', cause: '[circular cause]' })
  })

  it('is cut where it is too long, and says by how much', () => {
    const error = new Error('m'.repeat(10_000))
    error.stack = 's'.repeat(20_000)
    const { message, stack } = crossed(error)
    expect(message).toBe(`${'m'.repeat(8192)}… (1808 more characters)`)
    expect(stack).toBe(`${'s'.repeat(16_384)}… (3616 more characters)`)
  })

  it('has lone surrogates replaced', () => {
    expect(crossed(new Error('\ud800')).message).toBe('\ufffd')
    expect(crossed(Object.assign(new Error(), { code: '\ud800', 'a\ud800': 1 }))).toMatchObject({ code: '\ufffd' })
  })

  it('cannot reach a prototype through its fields', () => {
    const fields = JSON.parse('{"__proto__":{"polluted":true},"constructor":1,"prototype":2,"kept":3}')
    const arrived = reviveError({ thrown: 'error', name: 'Error', message: 'a', fields })
    expect(Object.getPrototypeOf(arrived)).toBe(Error.prototype)
    expect(Object.keys(arrived)).toEqual(['kept'])
    expect('polluted' in arrived).toBe(false)
  })

  it('survives its own getters', () => {
    const error = new Error('a')
    for (const key of ['stack', 'name', 'message', 'code', 'cause', 'errors', 'field']) {
      Object.defineProperty(error, key, { get: never, enumerable: true })
    }
    expect(crossed(error)).toMatchObject({ name: 'Error', message: '' })
  })

  it('survives a prototype that is a proxy', () => {
    const error = Object.setPrototypeOf(new Error('a'), new Proxy(Error.prototype, everyTrap))
    expect(crossed(error).message).toBe('a')
  })
})

describe('anything else that is thrown', () => {
  const thrown: [string, unknown, string][] = [
    ['null', null, 'thrown null'],
    ['undefined', undefined, 'thrown undefined'],
    ['a string', 'text', 'thrown string: "text"'],
    ['a number', 7, 'thrown number: 7'],
    ['a bigint', 7n, 'thrown bigint: 7'],
    ['a symbol', Symbol('s'), 'thrown symbol: Symbol(s)'],
    ['a function', never, 'thrown function'],
    ['an object', { a: 1 }, 'thrown object'],
    ['an array', [1], 'thrown array'],
    ['a revoked proxy', revoked(), 'thrown object'],
    ['a proxy that traps everything', new Proxy({}, everyTrap), 'thrown object'],
    ['an object with a getter', Object.defineProperty({}, 'a', { get: never, enumerable: true }), 'thrown object'],
    ['an object that inherits from a proxy', Object.create(new Proxy({}, everyTrap)), 'thrown object'],
  ]
  it.each(thrown)('arrives as an error that says so: %s', (_, value, message) => {
    const arrived = crossed(value)
    expect(arrived).toBeInstanceOf(Error)
    expect(arrived).toMatchObject({ name: 'Error', message, stack: `Error: ${message}` })
  })

  it('is carried as the cause when it is plain', () => {
    expect(crossed('text').cause).toBe('text')
    expect(crossed({ a: 1 }).cause).toEqual({ a: 1 })
    expect(crossed(null)).toHaveProperty('cause', null)
    expect('cause' in crossed(never)).toBe(false)
    expect('cause' in crossed({ never })).toBe(false)
    expect('cause' in crossed('x'.repeat(100_000))).toBe(false)
  })

  it('never breaks the record, whatever it is', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.anything({ withMap: true, withTypedArray: true, withNullPrototype: true, withSparseArray: true }),
          anyValue,
        ),
        fc.boolean(),
        (value, wrapped) => {
          const error = wrapped ? Object.assign(new Error('a', { cause: value }), { value }) : value
          expect(crossed(error)).toBeInstanceOf(Error)
        },
      ),
      { numRuns: 3000 },
    )
  })
})
