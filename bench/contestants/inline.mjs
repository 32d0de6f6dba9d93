import * as work from '../tasks/work.mjs'

export async function open() {
  return {
    call: (name, parameters) => work[name](parameters),
    callMoving: (name, bytes) => work[name](bytes),
    callLimited: 'a loop on the main thread never ends, and nothing else runs any more',
    close: async () => {},
  }
}
