import { fileURLToPath } from 'node:url'
import { FixedThreadPool } from 'poolifier'

const script = fileURLToPath(new URL('../tasks/poolifier.mjs', import.meta.url))

export async function open({ threads }) {
  const pool = new FixedThreadPool(threads, script)
  return {
    call: (name, parameters) => pool.execute(parameters, name),
    callMoving: (name, bytes) => pool.execute(bytes, name, undefined, [bytes.buffer]),
    callLimited: (name, parameters, limitMs) => pool.execute(parameters, name, AbortSignal.timeout(limitMs)),
    close: () => pool.destroy(),
  }
}
