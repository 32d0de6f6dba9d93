/**
 * The MessagePack of a value that is no more than `undefined`, `null`, a boolean or a small whole number, as many results
 * are: the same bytes as msgpackr's, without the way there. `undefined` for any other value.
 */
export function encodeScalar(value: unknown): Uint8Array | undefined {
  switch (typeof value) {
    case 'undefined':
      return UNDEFINED
    case 'boolean':
      return value ? TRUE : FALSE
    case 'number':
      // `-0` becomes 0 here as well.
      return Number.isInteger(value) && value >= 0 && value < SMALL ? SMALL_NUMBERS[value] : undefined
    case 'object':
      return value === null ? NULL : undefined
    default:
      return undefined
  }
}

/** Whether `decodeScalar` can read these bytes. */
export function isScalar(bytes: Uint8Array): boolean {
  const first = bytes[0] ?? 0xc1
  return bytes.length === 1 && (first < SMALL || first === 0xc0 || first === 0xc2 || first === 0xc3)
}

/** What `isScalar` has accepted. */
export function decodeScalar(bytes: Uint8Array): number | boolean | null {
  const first = bytes[0] ?? 0
  if (first < SMALL) return first
  return first === 0xc0 ? null : first === 0xc3
}

/** The one-byte numbers of MessagePack. */
const SMALL = 128
// Views of one buffer, so that nobody takes their memory for a message's own and transfers it.
const table = new Uint8Array([...Array(SMALL).keys(), 0xc0, 0xc2, 0xc3, 0xd4, 0, 0])
const SMALL_NUMBERS: readonly Uint8Array[] = Array.from({ length: SMALL }, (_, at) => table.subarray(at, at + 1))
const NULL = table.subarray(SMALL, SMALL + 1)
const FALSE = table.subarray(SMALL + 1, SMALL + 2)
const TRUE = table.subarray(SMALL + 2, SMALL + 3)
/** An extension of msgpackr's. */
const UNDEFINED = table.subarray(SMALL + 3, SMALL + 6)
