import type { OutcomeStatus, TaskOutcome } from '../outcome.js'
import type { FileDigest } from './digest.tasks.js'

export interface FileFailure {
  readonly path: string
  readonly status: OutcomeStatus | 'wrong user' | 'unreadable folder'
  readonly message: string
}

/** Counts what became of the files. */
export class DigestTally {
  files = 0
  bytes = 0
  brotliBytes = 0
  lines = 0
  words = 0
  readonly statuses: Record<OutcomeStatus, number> = {
    completed: 0,
    failed: 0,
    'timed-out': 0,
    canceled: 0,
    crashed: 0,
  }
  /** Files completed, by the user that the task saw. */
  readonly users: Record<string, number> = {}
  /** How many there are of the failures below. */
  failed = 0
  /** The first ones: a folder may hold any number. */
  readonly failures: FileFailure[] = []

  add(path: string, user: string, outcome: TaskOutcome<FileDigest>): void {
    this.files++
    this.statuses[outcome.status]++
    if (outcome.status !== 'completed') {
      this.#fail({ path, status: outcome.status, message: outcome.error.message })
      return
    }
    const { value } = outcome
    this.bytes += value.bytes
    this.brotliBytes += value.brotliBytes
    this.lines += value.lines
    this.words += value.words
    this.users[value.user] = (this.users[value.user] ?? 0) + 1
    if (value.user !== user) this.#fail({ path, status: 'wrong user', message: `acted for ${value.user}, not ${user}` })
  }

  addUnreadable(folder: string, error: Error): void {
    this.#fail({ path: folder, status: 'unreadable folder', message: error.message })
  }

  #fail(failure: FileFailure): void {
    this.failed++
    if (this.failures.length < FAILURES_TOLD) this.failures.push(failure)
  }
}

const FAILURES_TOLD = 10
