import type { Call } from './call.js'

/**
 * The calls that wait, in the order in which they are to start: higher priority first; within a priority the users take
 * turns, and each user's calls keep their order.
 *
 * ```
 *   priority 5:   ada: a1 a2      ⟲ turn: ada, bob, ada, …
 *                 bob: b1
 *   priority 0:   eve: e1 e2 e3
 *                                  starts: a1 b1 a2 e1 e2 e3
 * ```
 *
 * Lines are linked lists through the calls themselves, so every operation, removing a canceled call included, takes
 * constant time (logarithmic in the number of priorities in use).
 */
export class TaskQueue {
  /** By falling priority; few. */
  readonly #levels: Level[] = []
  #size = 0
  #bytes = 0

  get size(): number {
    return this.#size
  }

  /** Encoded parameters of all waiting calls. */
  get bytes(): number {
    return this.#bytes
  }

  push(call: Call): void {
    const line = this.#lineOf(call)
    call.before = line.tail
    call.after = undefined
    if (line.tail === undefined) line.head = call
    else line.tail.after = call
    line.tail = call
    this.#count(call, line)
  }

  /** Puts back calls that were taken but never started, before all others of their user. */
  putBack(calls: readonly Call[]): void {
    // Users that come back into the round come in the order of the calls.
    for (const call of calls) this.#lineOf(call)
    for (const call of calls.toReversed()) {
      const line = this.#lineOf(call)
      call.before = undefined
      call.after = line.head
      if (line.head === undefined) line.tail = call
      else line.head.before = call
      line.head = call
      this.#count(call, line)
    }
  }

  /** The call whose turn it is; it stays. */
  peek(): Call | undefined {
    return this.#levels[0]?.turn?.head
  }

  /** Takes the call whose turn it is; the turn passes to the next user. */
  shift(): Call | undefined {
    const level = this.#levels[0]
    const line = level?.turn
    const call = line?.head
    if (level === undefined || line === undefined || call === undefined) return undefined
    level.turn = line.next
    this.remove(call)
    return call
  }

  /** False if the call does not wait here. */
  remove(call: Call): boolean {
    const { line } = call
    if (line === undefined || line.level.queue !== this) return false
    if (call.before === undefined) line.head = call.after
    else call.before.after = call.after
    if (call.after === undefined) line.tail = call.before
    else call.after.before = call.before
    call.line = undefined
    call.before = undefined
    call.after = undefined
    this.#size--
    this.#bytes -= call.size
    if (line.head === undefined) this.#dissolve(line)
    return true
  }

  /** The first of at most `depth` waiting calls that is wanted; it stays. */
  find(isWanted: (call: Call) => boolean, depth: number): Call | undefined {
    let left = depth
    for (const call of this) {
      if (left-- === 0) return undefined
      if (isWanted(call)) return call
    }
    return undefined
  }

  /** All waiting calls; each priority's users one after the other. */
  *[Symbol.iterator](): Generator<Call> {
    for (const level of this.#levels) {
      for (const line of level.lines.values()) {
        for (let call = line.head; call !== undefined; call = call.after) yield call
      }
    }
  }

  #count(call: Call, line: UserLine): void {
    call.line = line
    this.#size++
    this.#bytes += call.size
  }

  #lineOf(call: Call): UserLine {
    const level = this.#levelOf(call.priority)
    const existing = level.lines.get(call.userKey)
    if (existing !== undefined) return existing
    const line = new UserLine(call.userKey, level)
    level.lines.set(call.userKey, line)
    const { turn } = level
    if (turn === undefined) {
      level.turn = line
    } else {
      // The end of the round: right before the one whose turn it is.
      line.next = turn
      line.previous = turn.previous
      turn.previous.next = line
      turn.previous = line
    }
    return line
  }

  #levelOf(priority: number): Level {
    let low = 0
    let high = this.#levels.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#levels[middle] as Level).priority > priority) low = middle + 1
      else high = middle
    }
    const found = this.#levels[low]
    if (found?.priority === priority) return found
    const level: Level = { queue: this, priority, lines: new Map(), turn: undefined }
    this.#levels.splice(low, 0, level)
    return level
  }

  #dissolve(line: UserLine): void {
    const { level } = line
    level.lines.delete(line.userKey)
    line.previous.next = line.next
    line.next.previous = line.previous
    if (level.turn === line) level.turn = line.next === line ? undefined : line.next
    if (level.lines.size === 0) this.#levels.splice(this.#levels.indexOf(level), 1)
  }
}

/** One user's waiting calls of one priority, and its place in the round of users. */
export class UserLine {
  head: Call | undefined
  tail: Call | undefined
  next: UserLine = this
  previous: UserLine = this

  constructor(
    readonly userKey: number,
    readonly level: Level,
  ) {}
}

interface Level {
  readonly queue: TaskQueue
  readonly priority: number
  readonly lines: Map<number, UserLine>
  /** Whose turn it is. */
  turn: UserLine | undefined
}
