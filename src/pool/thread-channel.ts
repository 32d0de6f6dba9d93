import { type MessagePort, receiveMessageOnPort, type TransferListItem } from 'node:worker_threads'
import { ControlBlock } from '../contract/control-block.js'
import type { BatchMessage, FromThread, Hello, ToThread } from '../contract/messages.js'
import { Outbox } from '../contract/outbox.js'

/** The scheduler's end of one thread's port, and the memory shared with that thread. */
export class ThreadChannel {
  readonly threadId: number
  readonly control: ControlBlock
  readonly outbox: Outbox
  readonly #port: MessagePort
  #receive: (message: FromThread) => void = () => {}

  constructor(hello: Hello) {
    this.threadId = hello.threadId
    this.control = new ControlBlock(hello.control)
    this.outbox = new Outbox(hello.outbox)
    this.#port = hello.port
    this.#port.on('message', (message: FromThread) => this.#receive(message))
    // Pending calls keep the process alive, not ports.
    this.#port.unref()
  }

  onMessage(receive: (message: FromThread) => void): void {
    this.#receive = receive
  }

  post(message: ToThread): void {
    if (typeof message === 'string' || 'preload' in message) this.#port.postMessage(message)
    else this.#port.postMessage(message, transferListOf(message))
  }

  /** Handles now what the thread has posted and the event loop has not delivered yet. */
  drain(): void {
    for (;;) {
      const received = receiveMessageOnPort(this.#port)
      if (received === undefined) return
      this.#receive(received.message as FromThread)
    }
  }

  close(): void {
    this.#port.close()
  }
}

/** The buffers that move with a batch: the frame, and attachments that are not shared. */
export function transferListOf(message: BatchMessage): TransferListItem[] {
  const list: TransferListItem[] = [message.frame.buffer]
  for (const attachment of message.attachments) if (attachment instanceof ArrayBuffer) list.push(attachment)
  return list
}
