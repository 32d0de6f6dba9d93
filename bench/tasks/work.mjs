// The work, written once: every contestant's threads call these functions.

/** Next to nothing: what is measured is the way there and back. */
export function tiny({ a }) {
  return a
}

/** A fixed amount of CPU work, so that a busy machine makes it take longer instead of smaller. */
export function crunch({ steps }) {
  // A whole number of 32 bits from the start: as a double it would be compiled fast or slow by luck.
  let state = 0x9e3779b9 | 0
  for (let step = 0; step < steps; step++) {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
  }
  return state
}

/** As `crunch`, or for ever. */
export function crunchOrHang({ steps }) {
  if (steps >= 0) return crunch({ steps })
  for (;;);
}

/** A number that shows the value has arrived, end and all. */
export function weigh(value) {
  if (value instanceof Uint8Array) return value.byteLength + value[value.byteLength - 1]
  if (!Array.isArray(value)) return value.a
  const last = value[value.length - 1]
  return value.length + (typeof last === 'number' ? last : last.id)
}

/** There and back again. */
export function echo(value) {
  return value
}
