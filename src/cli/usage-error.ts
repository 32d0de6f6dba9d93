/** The command was used wrongly: its message, without a stack trace, and exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}
