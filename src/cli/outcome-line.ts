import pc from 'picocolors'
import type { OutcomeStatus, TaskOutcome } from '../outcome.js'
import { formatMs, rounded } from './format-quantity.js'
import { plainJson } from './plain-json.js'

/** One JSON object. */
export function outcomeJson(outcome: TaskOutcome<unknown>, line: number): string {
  const { id, status, started, threadId, timing } = outcome
  const told = outcome.status === 'completed' ? { value: outcome.value } : { error: outcome.error }
  const { queued, connecting, running, total } = timing
  const rest = {
    started,
    threadId,
    timing: {
      queued: rounded(queued),
      connecting: rounded(connecting),
      running: rounded(running),
      total: rounded(total),
    },
  }
  return plainJson({ id, line, status, ...told, ...rest }) ?? ''
}

/** The line number, the status, the run time, and the value as JSON or the error's message. */
export function outcomeText(outcome: TaskOutcome<unknown>, line: number): string {
  const told =
    outcome.status === 'completed' ? (plainJson(outcome.value) ?? 'undefined') : oneLine(outcome.error.message)
  const time = formatMs(outcome.timing.running).padStart(10)
  return `${String(line).padStart(6)}  ${paintStatus(outcome.status, 9)}  ${time}  ${told}`
}

export function paintStatus(status: OutcomeStatus, width = 0): string {
  const text = status.padEnd(width)
  if (status === 'completed') return pc.green(text)
  return status === 'failed' || status === 'crashed' ? pc.red(text) : pc.yellow(text)
}

/** Without line breaks and other control characters: tasks write what they like into their messages. */
export function oneLine(text: string): string {
  return text.replace(/\s*[\r\n]\s*/g, ' ').replace(/\p{Cc}/gu, '?')
}
