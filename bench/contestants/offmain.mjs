import { setTimeout as delay } from 'node:timers/promises'
import { TaskRuntime, taskModule, transfer } from 'offmain'

const tasks = /** @type {any} */ (taskModule(new URL('../tasks/offmain.tasks.mjs', import.meta.url)))
const classes = {
  tiny: tasks.Tiny,
  crunch: tasks.Crunch,
  crunchOrHang: tasks.CrunchOrHang,
  weigh: tasks.Weigh,
  echo: tasks.Echo,
}

export async function open({ threads, spare = 1, options = {} }) {
  // It would override the number of threads, which is to be the same for all.
  delete process.env.OFFMAIN_THREADS
  const runtime = new TaskRuntime({ threads: { min: threads, max: threads, spare }, ...options })
  return {
    /** Until its spare thread has started, which it does a second after the first call. */
    settleIn: async () => {
      await runtime.startNew(tasks.Tiny, { a: 1 }).result()
      while (runtime.stats().threads.live < threads + spare) await delay(10)
    },
    call: (work, parameters) => runtime.startNew(classes[work], parameters).result(),
    callMoving: (work, bytes) => runtime.startNew(classes[work], transfer(bytes)).result(),
    callLimited: (work, parameters, limitMs, user) =>
      runtime.startNew(classes[work], parameters, { timeout: limitMs, user: { id: user } }).result(),
    /** As `call`, for a task class apart from that of the others. */
    callLong: (parameters) => runtime.startNew(tasks.CrunchLong, parameters).result(),
    start: (work, parameters) => runtime.startNew(classes[work], parameters),
    queuedBytes: () => runtime.stats().queue.bytes,
    close: async () => {
      await runtime.close({ timeout: 1_000 })
    },
  }
}
