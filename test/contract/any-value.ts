import fc from 'fast-check'

/** Keys that are ordinary data and trip careless code. */
const oddKeys = [
  '',
  'constructor',
  'toString',
  'toJSON',
  'hasOwnProperty',
  'valueOf',
  'then',
  '__keys__',
  '__proto_',
  '0',
  '-1',
  'é',
  '\u{1F600}',
]
const key = fc
  .oneof(
    fc.constantFrom(...oddKeys),
    fc.string({ unit: 'grapheme', maxLength: 12 }),
    fc.string({ unit: 'grapheme-ascii', minLength: 28, maxLength: 80 }).map((text) => `\ufeff${text}`),
    fc.string({ unit: 'grapheme-ascii', minLength: 28, maxLength: 300 }),
  )
  .filter((text) => text !== '__proto__')

const text = fc.oneof(
  { weight: 30, arbitrary: fc.string({ unit: 'grapheme', maxLength: 40 }) },
  {
    weight: 10,
    arbitrary: fc.string({ unit: 'binary', maxLength: 40 }).filter((candidate) => candidate.isWellFormed()),
  },
  { weight: 1, arbitrary: fc.nat(70_000).map((length) => 'aé'.repeat(length / 2)) },
  {
    weight: 5,
    arbitrary: fc.string({ unit: 'grapheme-ascii', minLength: 20, maxLength: 90 }).map((tail) => `\ufeff${tail}`),
  },
)
const number = fc
  .oneof(
    fc.double(),
    fc.integer(),
    fc.maxSafeInteger(),
    fc.constantFrom(
      0,
      31,
      32,
      63,
      64,
      127,
      128,
      255,
      256,
      65_535,
      65_536,
      2 ** 31,
      2 ** 32 - 1,
      2 ** 32,
      2 ** 53,
      -32,
      -33,
      -(2 ** 31),
      -(2 ** 31) - 1,
      NaN,
      Infinity,
      -Infinity,
      5e-324,
    ),
  )
  .map((value) => (value === 0 ? 0 : value))
const bigint = fc.oneof(
  fc.bigInt(),
  fc.bigInt({ min: -(2n ** 600n), max: 2n ** 600n }),
  fc.constantFrom(
    0n,
    -1n,
    2n ** 63n - 1n,
    2n ** 63n,
    2n ** 64n - 1n,
    2n ** 64n,
    -(2n ** 63n),
    -(2n ** 63n) - 1n,
    -(2n ** 64n),
    2n ** 4000n,
  ),
)
const date = fc.oneof(
  fc.date({ noInvalidDate: true }),
  fc
    .constantFrom(0, -1, 999, -999, 8.64e15, -8.64e15, 2 ** 32 * 1000, 2 ** 34 * 1000, 2 ** 32 * 1000 + 1)
    .map((time) => new Date(time)),
)
const binary = fc.oneof(
  fc.uint8Array(),
  fc.int8Array(),
  fc.uint8ClampedArray(),
  fc.int16Array(),
  fc.uint16Array(),
  fc.int32Array(),
  fc.uint32Array(),
  fc.float32Array(),
  fc.float64Array(),
  fc.bigInt64Array(),
  fc.bigUint64Array(),
  fc.uint8Array().map((bytes) => bytes.slice().buffer),
  fc.uint8Array().map((bytes) => new DataView(bytes.slice().buffer)),
  fc.uint8Array({ minLength: 4 }).map((bytes) => bytes.subarray(1, 3)),
)

/** Every leaf that crosses between threads exactly. */
export const anyLeaf: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(null, undefined, true, false),
  number,
  text,
  bigint,
  date,
  binary,
)

/** Every value that crosses between threads exactly, nested. */
export const anyValue: fc.Arbitrary<unknown> = fc.letrec<{ node: unknown }>((tie) => {
  const node = tie('node')
  return {
    node: fc.oneof(
      { maxDepth: 4, depthSize: 'small' },
      anyLeaf,
      fc.array(node, { maxLength: 6 }),
      fc.dictionary(key, node, { maxKeys: 6 }),
      fc.array(fc.tuple(node, node), { maxLength: 4 }).map((entries) => new Map(entries)),
      fc.array(node, { maxLength: 4 }).map((items) => new Set(items)),
    ),
  }
}).node
