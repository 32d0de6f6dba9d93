import { parentPort } from 'node:worker_threads'
import { crunch, crunchOrHang, echo, tiny, weigh } from './work.mjs'

const work = { tiny, crunch, crunchOrHang, weigh, echo }

parentPort?.on('message', ({ id, name, parameters }) => {
  parentPort?.postMessage({ id, value: work[name](parameters) })
})
