import { MessageChannel, type MessagePort, type TransferListItem } from 'node:worker_threads'
import { ControlBlock } from '../src/contract/control-block.js'
import type { BatchMessage, FromThread, ToThread } from '../src/contract/messages.js'
import { Outbox, type Report } from '../src/contract/outbox.js'

/** The thread's end of its own port, and the memory it shares with the scheduler. */
export class ThreadChannel {
  readonly control: ControlBlock = new ControlBlock()
  readonly outbox: Outbox = new Outbox()
  /** The scheduler's end, to be sent with the hello. */
  readonly farPort: MessagePort

  onBatch: (message: BatchMessage) => void = unexpected
  onPreload: (urls: readonly string[]) => void = unexpected
  onEnd: () => void = unexpected
  onAsk: () => void = unexpected
  onRetire: () => void = unexpected

  readonly #port: MessagePort

  constructor() {
    const { port1, port2 } = new MessageChannel()
    this.#port = port1
    this.farPort = port2
    port1.on('message', (message: ToThread) => this.#receive(message))
    // Piscina's own port keeps the thread alive.
    port1.unref()
  }

  post(message: FromThread): void {
    this.#port.postMessage(message)
  }

  /** Sends a report that does not fit into the outbox, moving its buffers. */
  postReport(batch: number, index: number, report: Report): void {
    const message: FromThread = { type: 'report', batch, index, report }
    const moved = movable(report.attachments ?? [])
    // Small encodings lie in a pooled buffer that must neither be moved nor sent whole.
    const own = report.bytes.byteLength === report.bytes.buffer.byteLength
    if (own) this.#port.postMessage(message, [...moved, report.bytes.buffer as ArrayBuffer])
    else this.#port.postMessage({ ...message, report: { ...report, bytes: Uint8Array.from(report.bytes) } }, moved)
  }

  /** Sends the buffers of a call back that this thread does not take. */
  postUnused(attachments: readonly (ArrayBuffer | SharedArrayBuffer)[]): void {
    const message: FromThread = { type: 'unused', attachments }
    this.#port.postMessage(message, movable(attachments))
  }

  #receive(message: ToThread): void {
    if (message === 'end') this.onEnd()
    else if (message === 'ask') this.onAsk()
    else if (message === 'retire') this.onRetire()
    else if ('preload' in message) this.onPreload(message.preload)
    else this.onBatch(message)
  }
}

function movable(attachments: readonly (ArrayBuffer | SharedArrayBuffer)[]): TransferListItem[] {
  return attachments.filter((attachment) => attachment instanceof ArrayBuffer)
}

function unexpected(): void {
  throw new Error('offmain: a message arrived before the thread was ready for it')
}
