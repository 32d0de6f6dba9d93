/** The modules that calls were served from lately: what a new thread loads before its first call. */
export class WarmModules {
  readonly #urls = new Set<string>()
  #last: string | undefined

  /** The one used last comes last. */
  get urls(): readonly string[] {
    return [...this.#urls]
  }

  note(url: string): void {
    if (url === this.#last) return
    this.#last = url
    this.#urls.delete(url)
    this.#urls.add(url)
    if (this.#urls.size > MOST) for (const oldest of this.#urls) return void this.#urls.delete(oldest)
  }
}

const MOST = 16
