/**
 * JSON of what a task may return: a bigint as its digits, binary as base64, NaN and infinities by name, a Map as its
 * entries, a Set as its items, an error with its facts and its cause. Everything on one line.
 */
export function plainJson(value: unknown): string | undefined {
  return JSON.stringify(value, function (this: Record<string, unknown>, key: string, converted: unknown) {
    // A Buffer has turned itself into something else by now.
    const original = this[key]
    return ArrayBuffer.isView(original) ? base64Of(original) : plain(converted)
  })
}

function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return String(value)
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value)
  if (value instanceof ArrayBuffer || value instanceof SharedArrayBuffer) return base64Of(new Uint8Array(value))
  if (value instanceof Map) return [...value]
  if (value instanceof Set) return [...value]
  if (value instanceof RegExp) return String(value)
  if (value instanceof Error) return errorFacts(value)
  return value
}

function base64Of(view: ArrayBufferView): string {
  return Buffer.from(view.buffer, view.byteOffset, view.byteLength).toString('base64')
}

/** `code` and the facts of an error of ours are fields of its own; the stack is told for causes, which threw on a thread. */
function errorFacts(error: Error): Record<string, unknown> {
  const { name, message, cause } = error
  const told = cause instanceof Error ? { ...errorFacts(cause), stack: cause.stack } : cause
  const errors = error instanceof AggregateError ? { errors: error.errors } : {}
  return { ...error, name, message, ...errors, ...(told !== undefined && { cause: told }) }
}
