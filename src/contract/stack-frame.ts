/** A place in the code that a thread was stuck in. */
export interface StackFrame {
  readonly function: string
  /** File URL; of the source where the process runs with `--enable-source-maps`. */
  readonly url: string
  /** From 1. */
  readonly line: number
  /** From 1. */
  readonly column: number
}
