// npm run bench -- [names…] [--quick] [--json] [--charts folder]
import { spawn } from 'node:child_process'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { failuresOf } from './harness/bench.mjs'
import { drawChart } from './harness/charts.mjs'
import { describeMachine } from './harness/machine.mjs'
import { formatNumber, printMachine, printResult } from './harness/print.mjs'

/** A full run of one bench takes about a minute. */
const MAX_BENCH_MS = 180_000

const folder = fileURLToPath(new URL('.', import.meta.url))
const known = (await readdir(folder))
  .filter((file) => file.endsWith('.mjs') && !['run.mjs', 'aims.mjs'].includes(file))
  .map((file) => file.replace(/\.mjs$/, ''))

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean', default: false }, json: { type: 'boolean' }, charts: { type: 'string' } },
})
const unknown = positionals.filter((name) => !known.includes(name))
if (unknown.length > 0) {
  console.error(`No such benchmark: ${unknown.join(', ')}. There are: ${known.join(', ')}`)
  process.exit(2)
}
const quick = values.quick === true
// A quick run is no picture to keep: it draws, and writes only where it is told to.
const charts = values.charts ?? (quick ? undefined : join(folder, 'charts'))
const startedAt = performance.now()
const machine = describeMachine()
if (!values.json) console.log(printMachine(machine, quick))

const results = []
const failures = []
for (const name of positionals.length > 0 ? positionals : known) {
  const begunAt = performance.now()
  try {
    const result = await measure(name)
    result.seconds = (performance.now() - begunAt) / 1000
    results.push(result)
    failures.push(...failuresOf(result))
    if (!values.json) console.log(printResult(result))
    const svg = drawChart(result)
    if (charts === undefined) continue
    await mkdir(charts, { recursive: true })
    await writeFile(join(charts, `${name}.svg`), svg)
  } catch (error) {
    failures.push(`${name}: ${error}`)
  }
}

const aims = results.flatMap((result) => result.aims)
const seconds = Math.round((performance.now() - startedAt) / 1000)
if (values.json) console.log(JSON.stringify({ quick, seconds, machine, results, failures }, undefined, 2))
else console.log(`\n${summary()}`)
for (const failure of failures) console.error(`failed: ${failure}`)
process.exitCode = failures.length > 0 ? 1 : 0

/** In a process of its own: no bench sees the heap or the threads of another, and one that hangs is ended. */
function measure(name) {
  return new Promise((resolve, reject) => {
    const options = ['--expose-gc', join(folder, `${name}.mjs`), '--json', ...(quick ? ['--quick'] : [])]
    const child = spawn(process.execPath, options, { stdio: ['ignore', 'pipe', 'inherit'], timeout: MAX_BENCH_MS })
    let output = ''
    child.stdout.setEncoding('utf8').on('data', (text) => {
      output += text
    })
    child.on('error', reject)
    child.on('close', (code, signal) => {
      try {
        resolve(JSON.parse(output))
      } catch {
        reject(new Error(`ended with ${signal ?? `code ${code}`} and without a result`))
      }
    })
  })
}

function summary() {
  if (quick) return `${seconds} s. A quick run judges no aims`
  const lines = [`${seconds} s. Aims: ${count(true)} met, ${count(false)} missed, ${count(undefined)} not measured`]
  for (const { bench, text, figure, met } of aims) {
    if (met === false) lines.push(`  missed  ${bench}, ${text}: ${formatNumber(figure)}`)
  }
  if (charts !== undefined) lines.push(`Charts: ${charts}`)
  return lines.join('\n')
}

function count(met) {
  return aims.filter((aim) => aim.met === met).length
}
