import { describe, expect, it } from 'vitest'
import { threadCount } from '../../src/cli/thread-count.js'

describe('threadCount', () => {
  it('takes OFFMAIN_THREADS out of the way where the flag is given', () => {
    const environment = { OFFMAIN_THREADS: '3' }
    expect(threadCount('2-5', environment)).toEqual({ min: 2, max: 5 })
    expect(environment).toEqual({})
  })

  it('leaves it where the flag is not given, or is wrong', () => {
    const environment = { OFFMAIN_THREADS: '3' }
    expect(threadCount(undefined, environment)).toBeUndefined()
    expect(() => threadCount('many', environment)).toThrow('--threads is "many"')
    expect(environment).toEqual({ OFFMAIN_THREADS: '3' })
  })
})
