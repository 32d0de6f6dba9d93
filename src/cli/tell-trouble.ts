import type { TaskRuntime } from '../task-runtime.js'
import { oneLine } from './outcome-line.js'

/** Says on stderr what no outcome tells: failures that surface late, threads that cannot be stopped or started. */
export function tellTrouble(runtime: TaskRuntime): void {
  const tell = (text: string): void => void process.stderr.write(`offmain: ${oneLine(text)}\n`)
  runtime.on('lateFailure', ({ id, task, error }) =>
    tell(`${task || 'a task'} (call ${id}) failed after its end: ${error.message}`),
  )
  runtime.on('threadStuck', ({ threadId, call }) =>
    tell(
      call === undefined
        ? `thread ${threadId}, held by what an ended call left behind, cannot be stopped`
        : `thread ${threadId} cannot be stopped in ${call.task} (call ${call.id})`,
    ),
  )
  runtime.on('threadStartFailed', ({ error }) => tell(`a thread could not start: ${error.message}`))
}
