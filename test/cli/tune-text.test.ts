import { stripVTControlCharacters } from 'node:util'
import { expect, it } from 'vitest'
import { tuneText } from '../../src/cli/tune-text.js'
import { sampleReport } from './tune-report-sample.js'

function headOf(parameters: { count: number; truncated: boolean }): string | undefined {
  return stripVTControlCharacters(tuneText({ ...sampleReport(), parameters })).split('\n')[0]
}

it('says how many parameters the calls took by turns, and that more lines were not needed', () => {
  expect(headOf({ count: 1, truncated: false })).toBe('BuildStatement of statements.tasks.js')
  expect(headOf({ count: 12, truncated: false })).toBe('BuildStatement of statements.tasks.js, 12 parameters by turns')
  expect(headOf({ count: 1_000, truncated: true })).toBe(
    'BuildStatement of statements.tasks.js, 1,000 parameters by turns (the input has more lines; the first are enough)',
  )
})
