/** Cancels what follows a signal when it is aborted, with one listener for each signal however many follow it. */
export class SignalFollowers<T> {
  readonly #cancel: (follower: T, reason: unknown) => void
  readonly #groups = new WeakMap<AbortSignal, Group<T>>()

  constructor(cancel: (follower: T, reason: unknown) => void) {
    this.#cancel = cancel
  }

  /** @returns a function that ends it */
  follow(signal: AbortSignal, follower: T): () => void {
    if (signal.aborted) {
      this.#cancel(follower, signal.reason)
      return () => {}
    }
    const group = this.#groups.get(signal) ?? this.#listen(signal)
    group.followers.add(follower)
    return () => this.#unfollow(signal, group, follower)
  }

  #listen(signal: AbortSignal): Group<T> {
    const followers = new Set<T>()
    const hear = (): void => {
      for (const follower of [...followers]) this.#cancel(follower, signal.reason)
    }
    signal.addEventListener('abort', hear)
    const group = { followers, hear }
    this.#groups.set(signal, group)
    return group
  }

  #unfollow(signal: AbortSignal, { followers, hear }: Group<T>, follower: T): void {
    followers.delete(follower)
    if (followers.size > 0) return
    signal.removeEventListener('abort', hear)
    this.#groups.delete(signal)
  }
}

interface Group<T> {
  readonly followers: Set<T>
  readonly hear: () => void
}
