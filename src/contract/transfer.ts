import { onePerThread } from './one-per-thread.js'

const { transferred, shared } = onePerThread('marks.1', () => ({
  transferred: new WeakSet<ArrayBuffer>(),
  shared: new WeakSet<SharedArrayBuffer>(),
}))

/**
 * Marks a buffer to be moved instead of copied, at any depth of parameters or results. The caller's buffer is
 * detached when the call is accepted; every view on it goes along.
 *
 * Throws `TypeError` for a SharedArrayBuffer (use {@link share}) and for a Node.js Buffer that covers only a part of its
 * memory: that memory is Node's pool, and moving it would empty other Buffers.
 */
export function transfer<T extends ArrayBuffer | ArrayBufferView>(buffer: T): T {
  const memory = ArrayBuffer.isView(buffer) ? buffer.buffer : buffer
  if (!(memory instanceof ArrayBuffer)) {
    throw new TypeError('transfer() takes an ArrayBuffer or a view on one; shared memory is passed with share()')
  }
  if (Buffer.isBuffer(buffer) && buffer.byteLength !== memory.byteLength) {
    throw new TypeError('transfer() cannot move a pooled Buffer; transfer(Uint8Array.from(buffer)) moves a copy of it')
  }
  transferred.add(memory)
  return buffer
}

/** Marks a SharedArrayBuffer (or typed array on one) to be passed by reference. Without it a SharedArrayBuffer throws. */
export function share<T extends SharedArrayBuffer | ArrayBufferView>(buffer: T): T {
  const memory = ArrayBuffer.isView(buffer) ? buffer.buffer : buffer
  if (!(memory instanceof SharedArrayBuffer)) {
    throw new TypeError('share() takes a SharedArrayBuffer or a view on one; other memory is moved with transfer()')
  }
  shared.add(memory)
  return buffer
}

/** Whether the memory was marked: it then travels beside the bytes instead of in them. */
export function travelsBeside(memory: ArrayBuffer | SharedArrayBuffer): boolean {
  return memory instanceof ArrayBuffer ? transferred.has(memory) : shared.has(memory)
}
