import { parseArgs } from 'node:util'
import { AIMS } from '../aims.mjs'
import { describeMachine } from './machine.mjs'
import { printMachine, printResult } from './print.mjs'
import { judge, toTable } from './tables.mjs'

/**
 * What a bench file does when it is run: measures, then prints tables, or JSON with `--json`. Fails when a contestant
 * does.
 *
 * @param {string} bench its name
 * @param {string} question what it answers
 * @param {(run: { quick: boolean, tell: (progress: string) => void }) => Promise<import('./tables.mjs').Measured[]>} measure
 */
export async function bench(bench, question, measure) {
  const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false }, json: { type: 'boolean' } } })
  const quick = values.quick === true
  const tables = (await measure({ quick, tell: (progress) => tell(`${bench}: ${progress}`) })).map(toTable)
  tell('')
  // A quick run is too short to judge by.
  const aims = quick
    ? []
    : judge(
        AIMS.filter((aim) => aim.bench === bench),
        tables,
      )
  const result = { bench, question, tables, aims }
  if (values.json) process.stdout.write(JSON.stringify(result))
  else console.log(`${printMachine(describeMachine(), quick)}\n${printResult(result)}`)
  const failures = failuresOf(result)
  for (const failure of failures) console.error(failure)
  process.exitCode = failures.length > 0 ? 1 : 0
  // A contestant whose threads cannot be stopped must not hold up the rest.
  setTimeout(() => process.exit(), LINGER_MS).unref()
}

export function failuresOf({ bench, tables }) {
  return tables.flatMap((table) =>
    table.rows
      .filter(({ failed }) => failed !== undefined)
      .map(({ contestant, failed }) => `${bench}, ${table.case}, ${contestant}: ${failed}`),
  )
}

/** One line that is written over, and only where somebody sees it. */
export function tell(progress) {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${progress}`)
}

const LINGER_MS = 2_000
