/** Counts its start in `words[slot]`, then does as its kind says. */
export class Work {
  #connection

  setUserConnection(connection) {
    this.#connection = connection
  }

  async run({ words, slot, kind, ms }, context) {
    Atomics.add(words, slot, 1)
    const { owner, calls } = this.#connection
    this.#connection.calls++
    switch (kind) {
      case 'loop':
        for (;;);
      case 'await':
        await new Promise(() => {})
        break
      case 'exit':
        process.exit(3)
        break
      case 'throw':
        throw new RangeError(`call of slot ${slot} fails`)
      case 'late':
        setTimeout(() => {
          throw new Error(`call of slot ${slot} fails late`)
        }, 2).unref()
        break
      case 'spin': {
        const end = performance.now() + ms
        while (performance.now() < end);
        break
      }
      case 'sleep':
        await new Promise((resolve) => setTimeout(resolve, ms))
        break
      case 'give way':
        await new Promise((resolve) => context.signal.addEventListener('abort', resolve, { once: true }))
        break
    }
    return { slot, owner, user: context.user?.id, calls }
  }
}
