import { promiseHooks } from 'node:v8'
import type { StackFrame } from '../src/contract/stack-frame.js'
import { isInOwnCall } from './interruption.js'
import { runningFrames } from './running-frames.js'

/** What a moment of the running code showed. */
export interface Sighting {
  /** Innermost first. */
  readonly frames: readonly StackFrame[]
  /** False: another look may show more. */
  readonly isComplete: boolean
}

/** Looks at code in a later turn until its frames count, though no promise has shown them. */
const LOOKS = 4
// In the package all of ours is this one file. Read now: Node makes it only when it is asked for, and cannot in the midst
// of everything.
const OWN_FILE = import.meta.url

let looks = 0
let caught: readonly StackFrame[] | undefined
let stopCatching: (() => void) | undefined

/**
 * Where the running code is, for the watchdog that has interrupted it to ask.
 *
 * Code that this thread called and waits for is where its frames are. A loop of awaits hardly ever is: an interruption
 * finds it between two turns, on an empty stack, or while V8 resumes its function, which then counts as being at its
 * first line. So from the first look on its promises tell: each is made by an `await` or a call in the midst of that code.
 * A loop in a later turn that makes no promises is where its frames are, once several looks have caught none.
 *
 * @param above the function that was called between two steps of that code
 */
export function look(above: () => unknown = look): Sighting {
  const frames = runningFrames(above)
  if (isInOwnCall() && hasOwnCode(frames)) {
    forget()
    return { frames, isComplete: true }
  }
  looks++
  stopCatching ??= promiseHooks.onInit(catchPromise) as () => void
  if (caught === undefined && !(looks >= LOOKS && hasOwnCode(frames))) return { frames, isComplete: false }
  const seen = caught ?? frames
  forget()
  return { frames: seen, isComplete: true }
}

function catchPromise(): void {
  if (caught !== undefined) return
  // Where there are other hooks, Node's own code calls them all.
  const frames = runningFrames(catchPromise).filter(({ url }) => url !== 'node:internal/promise_hooks')
  if (hasOwnCode(frames)) caught = frames
}

function forget(): void {
  stopCatching?.()
  stopCatching = undefined
  caught = undefined
  looks = 0
}

/** Code of the task, neither Node's nor ours. */
function hasOwnCode(frames: readonly StackFrame[]): boolean {
  return frames.some(({ url }) => !url.startsWith('node:') && url !== OWN_FILE)
}
