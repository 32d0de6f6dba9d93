import { Packr } from 'msgpackr'
import { Piscina } from 'piscina'

const filename = new URL('../tasks/packed.mjs', import.meta.url).href
const packr = new Packr({ useRecords: false })

export async function open({ threads }) {
  const pool = new Piscina({ filename, minThreads: threads, maxThreads: threads })
  pool.on('error', () => {})
  const run = (name, parameters, signal) => {
    const bytes = Uint8Array.from(packr.pack(parameters))
    return pool.run(bytes, { name, transferList: [bytes.buffer], signal }).then((result) => packr.unpack(result))
  }
  return {
    call: (name, parameters) => run(name, parameters),
    callMoving: 'a transferred buffer needs no packing: see Piscina',
    callLimited: (name, parameters, limitMs) => run(name, parameters, AbortSignal.timeout(limitMs)),
    close: () => pool.destroy(),
  }
}
