import { type CommandDef, defineCommand } from 'citty'
import { readTuneRequest } from './tune-request.js'

const args = {
  module: {
    type: 'positional',
    required: true,
    description: 'The module that exports the task class: a path or a file: URL',
  },
  task: { type: 'positional', required: true, description: 'The name of the exported task class' },
  parameters: { type: 'string', valueHint: 'JSON', description: 'The parameters of each call (default: undefined)' },
  input: {
    type: 'string',
    valueHint: 'file.ndjson',
    description: 'Parameters by turns, a line of JSON each; the first 1 000 lines are used; - reads standard input',
  },
  user: { type: 'string', valueHint: 'JSON', description: 'Who the calls act for, such as {"id":"u-17"}' },
  'user-connections': { type: 'string', valueHint: 'module', description: 'The module that opens user connections' },
  seconds: { type: 'string', valueHint: '1.5', description: 'How long each pool size is measured (default: 1.5)' },
  json: { type: 'boolean', description: 'Print one JSON document' },
  html: { type: 'string', valueHint: 'report.html', description: 'Write a page with plots, complete in itself' },
} as const

/** `offmain tune`: what a task costs in line and on threads, and how many threads to give it. */
export const tune: CommandDef<typeof args> = defineCommand({
  meta: { name: 'tune', description: 'Measures a task class on this machine and recommends how many threads to use.' },
  args,
  run: async ({ args }) => {
    const request = readTuneRequest(args)
    const { runTune } = await import('./tune-session.js')
    return runTune(request)
  },
})
