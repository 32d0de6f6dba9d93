import { parentPort, threadId, workerData } from 'node:worker_threads'
import type { BatchMessage, Hello, ThreadSettings } from '../src/contract/messages.js'
import { type HoldReply, hold } from './interruption.js'
import { look, type Sighting } from './look.js'
import { BatchRunner } from './run-batch.js'
import { ThreadChannel } from './thread-channel.js'

const channel = new ThreadChannel()
const runner = new BatchRunner(channel, workerData as ThreadSettings)

/**
 * What Piscina runs: one lane. The first batch comes as the argument, further ones on the channel while work lasts, and
 * the promise resolves when the scheduler closes the lane.
 */
export default function serveLane(first: BatchMessage): Promise<void> {
  return new Promise((resolve) => {
    channel.onEnd = resolve
    runner.run(first)
  })
}

channel.onBatch = (message) => runner.run(message)
channel.onPreload = (urls) => runner.preload(urls)
channel.onAsk = () => runner.ask()
channel.onRetire = () => runner.retire('asked by the scheduler')

// What the watchdog evaluates here, in the middle of whatever runs.
Object.defineProperty(globalThis, Symbol.for('offmain.look'), { value: lookNow })
Object.defineProperty(globalThis, Symbol.for('offmain.hold'), { value: holdNow })

const hello: Hello = {
  offmain: 'hello',
  threadId,
  port: channel.farPort,
  control: channel.control.buffer,
  outbox: channel.outbox.buffer,
}
parentPort?.postMessage(hello, [hello.port])

function lookNow(): Sighting {
  return answer(() => look(lookNow))
}

function holdNow(): HoldReply {
  return answer(() => hold(channel.control, holdNow))
}

/** An exit of the process waits for it. */
function answer<T>(evaluate: () => T): T {
  try {
    return evaluate()
  } finally {
    channel.control.answer()
  }
}
