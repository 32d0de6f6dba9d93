import { OCCUPIED_MS } from '../watchdog/watchdog.js'
import type { Call } from './call.js'
import type { Lane } from './lane.js'
import type { TaskQueue } from './task-queue.js'

/**
 * When every lane has been on its call for long, the spare thread serves what would otherwise wait behind work that is
 * not its own kind: the first call of another task or of another user. Calls of the same kind keep waiting in line.
 *
 * @param busy the lanes that serve calls now @param most how many there may be @param mayStart asked last
 */
export function callForSpare(
  queue: Pick<TaskQueue, 'find'>,
  busy: readonly Lane[],
  most: number,
  at: number,
  mayStart: (call: Call) => boolean,
): Call | undefined {
  if (busy.length !== most || !busy.every((lane) => lane.hasBeenOnItsCall(OCCUPIED_MS, at))) return undefined
  const running = busy.map((lane) => lane.runningCall)
  const isOfAKind = (call: Call): boolean =>
    running.some((other) => other?.task === call.task && other.userKey === call.userKey)
  return queue.find((call) => !isOfAKind(call) && mayStart(call), SEARCH_DEPTH)
}

/** How far down the queue it looks. */
const SEARCH_DEPTH = 1_000
