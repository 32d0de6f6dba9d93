import type { TaskOutcome } from './outcome.js'
import type { TaskHandle } from './task-handle.js'

/**
 * Starts a call for each item and yields their outcomes, with never more than `atOnce` calls begun and not yet yielded:
 * the consumer's pace is the source's pace.
 *
 * @param start begins one call; `undefined` when there is no room for it now
 * @param room settles when there may be room again
 */
export async function* mapOutcomes<P, R>(
  items: Iterable<P> | AsyncIterable<P>,
  start: (parameters: P) => TaskHandle<R> | undefined,
  room: () => Promise<void>,
  atOnce: number,
  ordered: boolean,
): AsyncGenerator<TaskOutcome<R>, void, undefined> {
  const source = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]()
  const underWay = new Set<TaskHandle<R>>()
  let next: Promise<IteratorResult<P>> | undefined
  let exhausted = false
  try {
    while (!exhausted || underWay.size > 0) {
      if (!exhausted && underWay.size < atOnce) {
        next ??= Promise.resolve(source.next())
        const arrived = await firstOf(next, underWay, ordered)
        if (arrived !== undefined) {
          next = undefined
          if (arrived.done === true) exhausted = true
          else underWay.add(await startWhenRoom(arrived.value, start, room))
          continue
        }
      }
      const handle = await settledOf(underWay, ordered)
      underWay.delete(handle)
      yield await handle.completion
    }
  } finally {
    for (const handle of underWay) handle.cancel(new Error('the consumer of map() stopped'))
    if (!exhausted) await source.return?.()
  }
}

/** The next item, or `undefined` when an outcome is there before it. */
function firstOf<P, R>(
  next: Promise<IteratorResult<P>>,
  underWay: ReadonlySet<TaskHandle<R>>,
  ordered: boolean,
): Promise<IteratorResult<P> | undefined> {
  if (underWay.size === 0) return next
  return Promise.race([next, settledOf(underWay, ordered).then(() => undefined)])
}

/** The handle whose outcome is to be yielded next, once it is there. */
function settledOf<R>(underWay: ReadonlySet<TaskHandle<R>>, ordered: boolean): Promise<TaskHandle<R>> {
  const [oldest] = underWay
  if (ordered && oldest !== undefined) return oldest.completion.then(() => oldest)
  return Promise.race([...underWay].map((handle) => handle.completion.then(() => handle)))
}

async function startWhenRoom<P, R>(
  parameters: P,
  start: (parameters: P) => TaskHandle<R> | undefined,
  room: () => Promise<void>,
): Promise<TaskHandle<R>> {
  for (;;) {
    const handle = start(parameters)
    if (handle !== undefined) return handle
    await room()
  }
}
