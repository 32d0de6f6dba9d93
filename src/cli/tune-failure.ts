/** The task cannot be measured: its calls do not complete, or end the process. */
export class TuneFailure extends Error {
  override readonly name = 'TuneFailure'
}

/** These parameters cannot be sent to a thread. */
export class RefusedParameters extends Error {
  override readonly name = 'RefusedParameters'

  /** @param index among the parameters of the target */
  constructor(
    readonly index: number,
    message: string,
  ) {
    super(message)
  }
}
