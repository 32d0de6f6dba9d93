import { crunch, crunchOrHang, echo, tiny, weigh } from '../tasks/work.mjs'

const work = { tiny, crunch, crunchOrHang, weigh, echo }

export async function open() {
  return {
    call: (name, parameters) => work[name](parameters),
    callMoving: (name, bytes) => work[name](bytes),
    callLimited: 'a loop on the main thread never ends, and nothing else runs any more',
    close: async () => {},
  }
}
