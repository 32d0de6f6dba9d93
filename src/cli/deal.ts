/**
 * Deals the items of one source to several readers in turn, as cards are: the first item to the first reader, and so on.
 * Nothing is gathered: a reader whose turn it is not waits. All readers must be read together; when one stops, all end.
 */
export function deal<T>(
  source: AsyncGenerator<T, void, undefined>,
  readers: number,
): AsyncGenerator<T, void, undefined>[] {
  let turn = 0
  let ended = false
  let changed = newChange()
  const tellAll = (): void => {
    changed.happen()
    changed = newChange()
  }

  async function* hand(index: number): AsyncGenerator<T, void, undefined> {
    try {
      for (;;) {
        while (turn !== index && !ended) await changed.promise
        if (ended) return
        const item = await source.next()
        if (item.done === true) return
        turn = (turn + 1) % readers
        tellAll()
        yield item.value
      }
    } finally {
      ended = true
      tellAll()
      await source.return()
    }
  }

  return Array.from({ length: readers }, (_, index) => hand(index))
}

function newChange(): { readonly promise: Promise<void>; readonly happen: () => void } {
  let happen = (): void => {}
  const promise = new Promise<void>((resolve) => {
    happen = resolve
  })
  return { promise, happen }
}
