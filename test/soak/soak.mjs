/**
 * npm run soak -- --tasks 20000 --seed N
 *
 * Runs a mix of calls, some of which loop, exit, throw, fail late, are canceled or meet a resize, and checks that nothing
 * is lost, run twice, blamed on others or left behind. One JSON line on stdout at the end; exit code 1 on any violation.
 */
import { openSync, readdirSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { SingleBar } from 'cli-progress'
import { share, TaskRuntime, taskModule } from 'offmain'

const { values: given } = parseArgs({
  options: {
    tasks: { type: 'string', default: '3000' },
    seed: { type: 'string', default: '1' },
    /** Shows that a check can fail: innocent, twice, owner, lost, listener or descriptor. */
    sabotage: { type: 'string', multiple: true, default: [] },
  },
})
const tasks = Number(given.tasks)
const seed = Number(given.seed)
if (!Number.isSafeInteger(tasks) || tasks < 1 || !Number.isSafeInteger(seed)) {
  console.error('usage: soak [--tasks N] [--seed N] [--sabotage what]')
  process.exit(2)
}

/** What is done, out of 1000 calls; the rest completes at once. */
const MIX = [
  ['loop', 8],
  ['await', 2],
  ['exit', 10],
  ['throw', 20],
  ['late', 10],
  ['spin', 60],
  ['sleep', 60],
  ['give way', 5],
  ['cancel queued', 15],
  ['cancel running', 10],
]
/** What becomes of them; of all others: completed. */
const MUST_BE = {
  loop: ['timed-out'],
  await: ['timed-out'],
  exit: ['crashed'],
  throw: ['failed'],
  'give way': ['timed-out'],
  'cancel queued': ['canceled'],
  'cancel running': ['canceled', 'completed'],
}
/** Of work that is being done, not of something left open. */
const OF_THE_MOMENT = new Set(['FSReqPromise', 'FSReqCallback', 'Immediate', 'Timeout'])
const USERS = Array.from({ length: 10 }, (_, index) => ({ id: `user-${index}` }))
/** The others have a limit that a busy machine does not make them reach. */
const TIMES_OUT = new Set(['loop', 'await', 'give way'])
const AT_ONCE = 200
const TIMEOUT = 100
const here = (file) => new URL(file, import.meta.url)
const { Work } = taskModule(here('soak.tasks.mjs'))

const random = mulberry32(seed)
const violations = []
const violate = (what, detail) => {
  if (violations.length < 20) violations.push(`${what}: ${detail}`)
  else if (violations.length === 20) violations.push('and more')
}

const startedAt = performance.now()
await warmUp()
const before = footprint()
const words = share(new Int32Array(new SharedArrayBuffer(tasks * 4)))
const expected = new Map()
const settled = new Map()
const lateExpected = new Set()
const lateHeard = new Set()
const statuses = {}
const samples = []

const runtime = new TaskRuntime({
  threads: { min: 2, max: 4, spare: 1 },
  timeout: TIMEOUT,
  grace: 50,
  suspend: { after: Number.POSITIVE_INFINITY },
  userConnections: here('soak-connection.mjs'),
})
runtime.on('taskSettled', ({ id }) => settled.set(id, (settled.get(id) ?? 0) + 1))
runtime.on('lateFailure', ({ id }) => lateHeard.add(id))
runtime.on('threadStuck', ({ call }) => violate('stuck', `a thread is stuck in call ${call?.id}`))
runtime.on('threadStartFailed', ({ error }) => violate('thread start', error.message))

const bar = process.stderr.isTTY
  ? new SingleBar({ stream: process.stderr, format: '{bar} {value}/{total} {eta_formatted}' })
  : undefined
bar?.start(tasks, 0)
const underWay = new Set()
for (let slot = 0; slot < tasks; slot++) {
  if (underWay.size >= AT_ONCE) await Promise.race(underWay)
  if (slot % 500 === 499)
    runtime.resize(
      pick([
        { min: 1, max: 2 },
        { min: 2, max: 4 },
        { min: 3, max: 3 },
        { min: 1, max: 5 },
      ]),
    )
  if (slot % Math.ceil(tasks / 100) === 0) samples.push({ tasks: slot, rss: process.memoryUsage.rss() })
  const ended = begin(slot)
  underWay.add(ended)
  ended.then(() => {
    underWay.delete(ended)
    bar?.increment()
  })
}
await Promise.all(underWay)
bar?.stop()
samples.push({ tasks, rss: process.memoryUsage.rss() })

// A late failure comes 2 ms after its call has settled, from a thread that may die of another call meanwhile.
const { settled: counts, pending, stuckThreads } = runtime.stats()
const report = await runtime.close({ timeout: 10_000 })
const seconds = (performance.now() - startedAt) / 1000

check()
if (given.sabotage.includes('listener')) process.on('uncaughtExceptionMonitor', () => {})
if (given.sabotage.includes('descriptor')) openSync('/dev/null')
const after = await footprintAfter(before)
for (const what of Object.keys(before)) {
  if (after[what] > before[what]) violate('left behind', `${what}: ${after[what]}, ${before[what]} before`)
}

const summary = {
  ok: violations.length === 0,
  tasks,
  seed,
  seconds: Math.round(seconds * 10) / 10,
  statuses,
  lateFailures: { expected: lateExpected.size, heard: lateHeard.size },
  rss: { bytesPer1000Tasks: slope(samples.slice(Math.ceil(samples.length / 5))), last: samples.at(-1).rss },
  before,
  after,
  node: process.version,
  violations,
}
await new Promise((resolve) => process.stdout.write(`${JSON.stringify(summary)}\n`, resolve))
process.exitCode = violations.length === 0 ? 0 : 1

/** Starts one call and holds its outcome against what it must be. Never rejects. */
async function begin(slot) {
  const user = pick(USERS)
  const kind = draw()
  const parameters = { words, slot, kind: kind === 'cancel running' ? 'sleep' : kind, ms: 1 + Math.floor(random() * 5) }
  if (given.sabotage.includes('innocent') && slot === 10) parameters.kind = 'throw'
  if (given.sabotage.includes('twice') && slot === 11) Atomics.add(words, slot, 1)
  const handle = runtime.startNewWithUserConnection(Work, parameters, {
    user,
    timeout: TIMES_OUT.has(kind) ? TIMEOUT : 30_000,
  })
  expected.set(handle.id, { slot, kind })
  if (kind === 'late') lateExpected.add(handle.id)
  if (kind === 'cancel queued') handle.cancel('the soak')
  if (kind === 'cancel running') void delay(random() * 5).then(() => handle.cancel('the soak'))
  const outcome = await handle.completion
  if (given.sabotage.includes('lost') && slot === 12) settled.delete(handle.id)
  statuses[outcome.status] = (statuses[outcome.status] ?? 0) + 1

  const allowed = MUST_BE[kind] ?? ['completed']
  if (!allowed.includes(outcome.status)) {
    violate('outcome', `${kind} of slot ${slot} is ${outcome.status}: ${outcome.error?.message}`)
  }
  if (outcome.status === 'completed') checkValue(outcome.value, slot, user)
  const starts = Atomics.load(words, slot)
  if (starts > 1) violate('started twice', `${kind} of slot ${slot} was started ${starts} times`)
  if (outcome.status === 'completed' && starts !== 1) violate('not started', `${kind} of slot ${slot} completed`)
  if (!outcome.started && starts !== 0) violate('started', `${kind} of slot ${slot} says it did not start, but it did`)
}

function checkValue({ slot: itsSlot, owner, user: itsUser }, slot, user) {
  const whose = given.sabotage.includes('owner') && slot === 13 ? 'nobody' : owner
  if (itsSlot !== slot) violate('value', `slot ${slot} got the value of slot ${itsSlot}`)
  if (whose !== user.id || itsUser !== user.id) violate('connection', `slot ${slot} of ${user.id} got that of ${whose}`)
}

function check() {
  if (expected.size !== tasks) violate('submitted', `${expected.size} of ${tasks}`)
  for (const [id, { kind, slot }] of expected) {
    const times = settled.get(id) ?? 0
    if (times !== 1) violate('settled', `${kind} of slot ${slot} settled ${times} times`)
  }
  if (settled.size !== expected.size) violate('settled', `${settled.size} calls, ${expected.size} submitted`)
  const counted = Object.values(counts).reduce((total, count) => total + count, 0)
  if (counted !== tasks || pending !== 0) violate('stats', `${counted} settled and ${pending} pending of ${tasks}`)
  if (stuckThreads !== 0) violate('stuck', `${stuckThreads} threads`)
  if (report.left.length > 0 || report.stuckThreads > 0) violate('close', JSON.stringify(report))
  for (const id of lateHeard) if (!lateExpected.has(id)) violate('late failure', `blamed on call ${id}`)
  if (lateExpected.size >= 20 && lateHeard.size < lateExpected.size / 2) {
    violate('late failure', `${lateHeard.size} of ${lateExpected.size} were heard of`)
  }
  for (let slot = 0; slot < tasks; slot++) {
    if (words[slot] > 1) violate('started twice', `slot ${slot}, ${words[slot]} times`)
  }
}

/** What a process has that a runtime could leave behind. Node gives up some descriptors of a thread with its garbage. */
function footprint() {
  collectGarbage()
  return {
    threads: readdirSync('/proc/self/task').length,
    handles: process.getActiveResourcesInfo().filter((type) => !OF_THE_MOMENT.has(type)).length,
    listeners: process.eventNames().reduce((total, name) => total + process.listenerCount(name), 0),
    descriptors: readdirSync('/proc/self/fd').length,
  }
}

/** The footprint, once it is back at what it was, or after 5 s. */
async function footprintAfter(baseline) {
  const end = performance.now() + 5_000
  for (;;) {
    const now = footprint()
    if (performance.now() > end || Object.keys(baseline).every((what) => now[what] <= baseline[what])) return now
    await delay(20)
  }
}

function collectGarbage() {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
}

/** A first runtime comes and goes, so that what Node keeps for later is there already. */
async function warmUp() {
  const first = new TaskRuntime({ threads: 2, userConnections: here('soak-connection.mjs'), timeout: 50 })
  const parameters = { words: share(new Int32Array(new SharedArrayBuffer(4))), slot: 0, ms: 0 }
  for (const kind of ['loop', 'exit', 'complete']) {
    await first.startNewWithUserConnection(Work, { ...parameters, kind }, { user: USERS[0] }).completion
  }
  await first.close()
  await delay(200)
}

function draw() {
  let left = random() * 1000
  for (const [kind, share] of MIX) {
    left -= share
    if (left < 0) return kind
  }
  return 'complete'
}

function pick(list) {
  return list[Math.floor(random() * list.length)]
}

/** Least squares through the samples: bytes of resident memory per 1000 tasks. */
function slope(points) {
  const mean = (values) => values.reduce((total, value) => total + value, 0) / values.length
  const x = mean(points.map((point) => point.tasks))
  const y = mean(points.map((point) => point.rss))
  const above = points.reduce((total, point) => total + (point.tasks - x) * (point.rss - y), 0)
  const below = points.reduce((total, point) => total + (point.tasks - x) ** 2, 0)
  return below === 0 ? 0 : Math.round((above / below) * 1000)
}

/** Source: Tommy Ettinger's mulberry32, public domain. */
function mulberry32(state) {
  let a = state
  return () => {
    a = (a + 0x6d2b79f5) | 0
    let t = Math.imul(a ^ (a >>> 15), 1 | a)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}
