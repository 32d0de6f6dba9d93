// One scene: each user has one call under way, each attacker as many endless loops as make a flood.
import { setTimeout as delay } from 'node:timers/promises'
import { open } from '../contestants/index.mjs'
import { deadline } from '../harness/deadline.mjs'
import { check } from '../harness/drive.mjs'
import { crunch } from '../tasks/work.mjs'

/** How long an attacker waits before it sends the next loop. */
const AGAIN_MS = 5
/** The innocent have a limit as well, which they do not reach by themselves. */
const CALL_LIMIT_MS = 5_000
const { name, threads, steps, users, attackers, flood, limitMs, warmMs, forMs, drainMs, suspends } = JSON.parse(
  process.argv[2],
)
const options = suspends ? {} : { suspend: { after: Number.POSITIVE_INFINITY } }
const pool = await open(name, { threads, options })
const expected = crunch({ steps })

const latency = []
let lost = 0
let stopped = 0
const underWay = new Map()
// The flood comes over a service that has been at work for a while.
let endAt = performance.now() + warmMs
await Promise.all(Array.from({ length: users }, (_, index) => serve(`user ${index}`)))
latency.length = 0

endAt = performance.now() + forMs
for (let index = 0; index < attackers * flood; index++) void attack(`attacker ${index % attackers}`)
const served = Promise.all(Array.from({ length: users }, (_, index) => serve(`user ${index}`)))
await deadline(served, forMs + drainMs, 'the scene').catch(() => {
  // What never came back has taken at least so long.
  for (const startedAt of underWay.values()) latency.push(performance.now() - startedAt)
  lost += underWay.size
})
const calls = latency.length
const figures = { latency, completed: (100 * (calls - lost)) / calls, calls, stopped }
await deadline(pool.close(), drainMs, 'close').catch(() => {})
process.stdout.write(JSON.stringify(figures), () => process.exit())

async function attack(user) {
  while (performance.now() < endAt) {
    const { error } = await outcomeOf(pool.callLimited('crunchOrHang', { steps: -1 }, limitMs, user))
    if (error === undefined) throw new Error('an endless loop returned')
    stopped++
    // Some come back at once, refused.
    await delay(AGAIN_MS)
  }
}

async function serve(user) {
  while (performance.now() < endAt) {
    const startedAt = performance.now()
    underWay.set(user, startedAt)
    const { value, error } = await outcomeOf(pool.callLimited('crunch', { steps }, CALL_LIMIT_MS, user))
    underWay.delete(user)
    latency.push(performance.now() - startedAt)
    if (error === undefined) check(value, expected)
    else lost++
  }
}

async function outcomeOf(promise) {
  try {
    return { value: await promise, error: undefined }
  } catch (error) {
    return { value: undefined, error }
  }
}
