/** Cancels what follows a signal when it is aborted, with one listener for each signal however many follow it. */
export class SignalFollowers<T> {
  readonly #cancel: (follower: T, reason: unknown) => void
  readonly #followers = new WeakMap<AbortSignal, Set<T>>()

  constructor(cancel: (follower: T, reason: unknown) => void) {
    this.#cancel = cancel
  }

  /** @returns a function that ends it */
  follow(signal: AbortSignal, follower: T): () => void {
    if (signal.aborted) {
      this.#cancel(follower, signal.reason)
      return () => {}
    }
    const followers = this.#followers.get(signal) ?? this.#listen(signal)
    followers.add(follower)
    return () => followers.delete(follower)
  }

  #listen(signal: AbortSignal): Set<T> {
    const followers = new Set<T>()
    this.#followers.set(signal, followers)
    signal.addEventListener('abort', () => {
      for (const follower of [...followers]) this.#cancel(follower, signal.reason)
    })
    return followers
  }
}
