import { ParameterSerializationError } from '../errors.js'
import type { ConnectionNeed, TaskReference } from '../task-module.js'
import { TaskRuntime } from '../task-runtime.js'
import { CallSource } from './call-source.js'
import { EXIT } from './exit-codes.js'
import { Interruption } from './interruption.js'
import { LineOutput } from './line-output.js'
import { outcomeJson, outcomeText } from './outcome-line.js'
import type { RunRequest } from './run-request.js'
import { summarize, summaryText } from './run-summary.js'
import { tellTrouble } from './tell-trouble.js'

/** Runs the calls, prints each outcome in the order of the input, and then the summary. */
export async function runCalls(request: RunRequest): Promise<number> {
  const { parameters, input, user, userConnections, threads, timeout, json } = request
  const startedAt = performance.now()
  using interruption = new Interruption()
  const { signal } = interruption
  const source = new CallSource(input, parameters, signal)
  const output = new LineOutput(process.stdout)
  if (json) sendTaskOutputToStderr()
  const describe = json ? outcomeJson : outcomeText
  await using runtime = new TaskRuntime({ threads, userConnections })
  tellTrouble(runtime)

  // The worker decides by the class whether the call gets a user connection.
  const task: TaskReference<unknown, unknown, ConnectionNeed> = request.task
  try {
    for await (const outcome of runtime.map(task, source.parameters(), { user, timeout, signal })) {
      await output.print(describe(outcome, source.takeLine()))
    }
  } catch (error) {
    if (!(error instanceof ParameterSerializationError)) throw error
    source.refuse(error)
  }
  await runtime.close(signal.aborted ? { timeout: 0 } : undefined)

  const summary = summarize(runtime.stats(), performance.now() - startedAt)
  output.print(json ? JSON.stringify({ summary }) : summaryText(summary))
  await output.flush()
  if (interruption.exitCode !== undefined) return interruption.exitCode
  if (source.failure !== undefined) throw source.failure
  return summary.calls === summary.statuses.completed ? EXIT.completed : EXIT.notCompleted
}

/** What the tasks print must not get between the lines of JSON: Node hands it to whatever `process.stdout` is. */
function sendTaskOutputToStderr(): void {
  Object.defineProperty(process, 'stdout', { value: process.stderr, configurable: true })
}
