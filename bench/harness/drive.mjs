/** Throws unless the contestant has returned what it had to. */
export function check(value, expected) {
  if (value !== expected) throw new Error(`returned ${value} instead of ${expected}`)
}

/** A small, ordinary object; `tiny` returns its `a`. */
export const smallObject = (a) => ({ a, id: 'b6d4f1e2-0c1b-4c3f-9a66-2f4e5cfb8a77', name: 'invoice', n: 42 })

/**
 * Keeps `inFlight` calls under way: each of so many loops starts its next call when its last has returned.
 *
 * @param {(turn: number) => unknown} call
 * @param {(turn: number) => unknown} expected what call number `turn` has to return
 * @param {{ inFlight: number, forMs?: number, calls?: number }} until
 * @returns `ms` of wall time, `mainMs` the main thread was at work, `cpuMs` all threads were, for `calls`
 */
export async function drive(call, expected, { inFlight, forMs = Number.POSITIVE_INFINITY, calls = Infinity }) {
  let turn = 0
  const cpu = process.cpuUsage()
  const utilization = performance.eventLoopUtilization()
  const startedAt = performance.now()
  const endAt = startedAt + forMs
  const loop = async () => {
    while (turn < calls && performance.now() < endAt) {
      const mine = turn++
      check(await call(mine), expected(mine))
    }
  }
  await Promise.all(Array.from({ length: inFlight }, loop))
  const ms = performance.now() - startedAt
  const mainMs = performance.eventLoopUtilization(utilization).active
  const { user, system } = process.cpuUsage(cpu)
  return { calls: turn, ms, mainMs, cpuMs: (user + system) / 1000 }
}

/** Tiny tasks, a different parameter each time. */
export function driveTiny(pool, until) {
  return drive(
    (turn) => pool.call('tiny', smallObject(turn)),
    (turn) => turn,
    until,
  )
}
