import { type CommandDef, defineCommand } from 'citty'
import { readRunRequest } from './run-request.js'

const args = {
  module: {
    type: 'positional',
    required: true,
    description: 'The module that exports the task class: a path or a file: URL',
  },
  task: { type: 'positional', required: true, description: 'The name of the exported task class' },
  parameters: { type: 'string', valueHint: 'JSON', description: 'The parameters of one call (default: undefined)' },
  input: {
    type: 'string',
    valueHint: 'file.ndjson',
    description: 'One call for each line of JSON; - reads standard input',
  },
  user: { type: 'string', valueHint: 'JSON', description: 'Who the calls act for, such as {"id":"u-17"}' },
  'user-connections': { type: 'string', valueHint: 'module', description: 'The module that opens user connections' },
  threads: { type: 'string', valueHint: '4 | 1-8', description: 'How many threads; beats OFFMAIN_THREADS' },
  timeout: {
    type: 'string',
    valueHint: 'ms',
    description: 'The longest each call may run, or Infinity; beats the class',
  },
  json: { type: 'boolean', description: 'Print JSON lines: the outcomes, then {"summary": …}' },
} as const

/** `offmain run`: one call of a task class, or one for each line of a file. */
export const run: CommandDef<typeof args> = defineCommand({
  meta: { name: 'run', description: 'Runs a task class: one call, or one call for each line of a file.' },
  args,
  run: async ({ args }) => {
    const request = readRunRequest(args)
    const { runCalls } = await import('./run-calls.js')
    return runCalls(request)
  },
})
