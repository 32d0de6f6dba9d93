import { Tinypool } from 'tinypool'

const filename = new URL('../tasks/work.mjs', import.meta.url).href

export async function open({ threads }) {
  const pool = new Tinypool({ filename, minThreads: threads, maxThreads: threads })
  return {
    call: (name, parameters) => pool.run(parameters, { name }),
    callMoving: (name, bytes) => pool.run(bytes, { name, transferList: [bytes.buffer] }),
    callLimited: (name, parameters, limitMs) => pool.run(parameters, { name, signal: AbortSignal.timeout(limitMs) }),
    close: () => pool.destroy(),
  }
}
