import { Worker } from 'node:worker_threads'

const script = new URL('../tasks/raw-worker.mjs', import.meta.url)

/** One thread whatever `threads` says: what a program without a pool would do. */
export async function open() {
  const waiting = new Map()
  let lastId = 0
  let worker = start()

  function start() {
    const started = new Worker(script)
    started.on('message', ({ id, value }) => {
      const { resolve } = waiting.get(id)
      waiting.delete(id)
      resolve(value)
    })
    return started
  }

  function call(name, parameters, transferList) {
    return new Promise((resolve, reject) => {
      const id = ++lastId
      waiting.set(id, { resolve, reject, name, parameters })
      worker.postMessage({ id, name, parameters }, transferList)
    })
  }

  /** By hand: the thread is terminated, another takes its place, and what waited is sent once more. */
  function replace(id) {
    const stopped = waiting.get(id)
    if (stopped === undefined) return
    waiting.delete(id)
    worker.terminate()
    worker = start()
    for (const [other, { name, parameters }] of waiting) worker.postMessage({ id: other, name, parameters })
    stopped.reject(new Error('terminated'))
  }

  return {
    call,
    callMoving: (name, bytes) => call(name, bytes, [bytes.buffer]),
    callLimited: (name, parameters, limitMs) => {
      const result = call(name, parameters)
      const id = lastId
      const timer = setTimeout(() => replace(id), limitMs)
      return result.finally(() => clearTimeout(timer))
    },
    close: async () => {
      await worker.terminate()
    },
  }
}
