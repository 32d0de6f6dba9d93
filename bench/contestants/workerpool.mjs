import { fileURLToPath } from 'node:url'
import workerpool from 'workerpool'

const script = fileURLToPath(new URL('../tasks/workerpool.mjs', import.meta.url))

export async function open({ threads }) {
  const pool = workerpool.pool(script, { workerType: 'thread', minWorkers: threads, maxWorkers: threads })
  return {
    call: (name, parameters) => pool.exec(name, [parameters]),
    callMoving: (name, bytes) => pool.exec(name, [bytes], { transfer: [bytes.buffer] }),
    callLimited: (name, parameters, limitMs) => pool.exec(name, [parameters]).timeout(limitMs),
    close: async () => {
      await pool.terminate(true)
    },
  }
}
