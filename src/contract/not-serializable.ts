/// <reference lib="es2024.string" />
/** A step of a path that is not an object's key or an array's index. */
export class CollectionStep {
  constructor(
    readonly collection: 'map key' | 'map value' | 'set',
    readonly index: number,
    readonly key?: unknown,
  ) {}

  toString(): string {
    if (this.collection === 'set') return `.set(item #${this.index})`
    if (this.collection === 'map key') return `.map(key #${this.index})`
    const { key } = this
    if (typeof key === 'string') return `.map(key ${quote(key)})`
    if (key === null || (typeof key !== 'object' && typeof key !== 'bigint')) return `.map(key ${String(key)})`
    return `.map(value #${this.index})`
  }
}

/** One step from a value to a value it holds. */
export type Step = string | number | CollectionStep

/** What is wrong with a value and where it is: thrown instead of sending something else than the caller has. */
export class NotSerializableError extends Error {
  /** From the whole value: `$.items[3].callback`, `$.map(key "a")`, `$.set(item #0)`. */
  readonly path: string
  /** What was found there: `function`, `class instance (Invoice)`. */
  readonly found: string
  /** What to do about it. */
  readonly hint: string

  constructor(steps: readonly Step[], found: string, hint: string, options?: ErrorOptions) {
    const path = formatPath(steps)
    super(`${path}: ${found} cannot be sent to another thread; ${hint}`, options)
    this.name = 'NotSerializableError'
    this.path = path
    this.found = found
    this.hint = hint
  }
}

function formatPath(steps: readonly Step[]): string {
  const shown = steps.length > 40 ? [...steps.slice(0, 20), '…', ...steps.slice(-19)] : steps
  return `$${shown.map(formatStep).join('')}`
}

function formatStep(step: Step): string {
  if (typeof step === 'number') return `[${step}]`
  if (typeof step !== 'string') return String(step)
  return /^[\p{L}_$…][\p{L}\d_$]*$/u.test(step) && step.length <= 64 ? `.${step}` : `[${quote(step)}]`
}

function quote(text: string): string {
  return JSON.stringify(text.length > 64 ? `${text.slice(0, 64).toWellFormed()}…` : text)
}
