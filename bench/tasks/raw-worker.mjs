import { parentPort } from 'node:worker_threads'
import * as work from './work.mjs'

parentPort.on('message', ({ id, name, parameters }) => {
  parentPort.postMessage({ id, value: work[name](parameters) })
})
