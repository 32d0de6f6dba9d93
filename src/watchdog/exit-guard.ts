import type { ControlBlock } from '../contract/control-block.js'

/** Threads that have been asked for an evaluation, and how many they will have answered by then. */
const asked = new Map<ControlBlock, number>()

/**
 * Has a thread asked for an evaluation such that the process may exit meanwhile.
 *
 * `process.exit` terminates the JavaScript of all threads, then waits for them to end. A termination that meets an
 * evaluation ends that alone; the code below it goes on, and if it is an endless loop, so does the process. Therefore an
 * exit is put off until the threads that were asked have answered.
 */
export async function answeredBeforeExit<T>(control: ControlBlock, evaluation: () => Promise<T>): Promise<T> {
  if (asked.size === 0) process.on('exit', awaitAnswers)
  asked.set(control, control.answers + 1)
  try {
    return await evaluation()
  } finally {
    asked.delete(control)
    if (asked.size === 0) process.off('exit', awaitAnswers)
  }
}

function awaitAnswers(): void {
  const giveUpAt = performance.now() + ANSWER_MS
  for (let left = [...asked]; left.length > 0 && performance.now() < giveUpAt; sleep(1)) {
    for (const [control] of left) {
      control.withdrawHold()
      control.letGo()
    }
    left = left.filter(([control, answers]) => control.answers < answers)
  }
  // What is left of the evaluation after the answer was stamped.
  sleep(LEAVE_MS)
}

function sleep(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}

/** A thread in native code never answers. */
const ANSWER_MS = 500
const LEAVE_MS = 25
