import { type CommandDef, defineCommand } from 'citty'
import { threadCount } from './thread-count.js'

const args = {
  folder: {
    type: 'positional',
    required: false,
    description: 'Whose files are digested (default: the packages that offmain depends on, as installed)',
  },
  threads: { type: 'string', valueHint: '4 | 1-8', description: 'How many threads; beats OFFMAIN_THREADS' },
  json: { type: 'boolean', description: 'Print JSON lines: one for each file, then {"summary": …}' },
} as const

/** `offmain demo`: real work on the files of a folder, beside tasks that never end. */
export const demo: CommandDef<typeof args> = defineCommand({
  meta: {
    name: 'demo',
    description:
      'Digests the files of a folder for two users, beside three tasks that never end and have to be stopped.',
  },
  args,
  run: async ({ args }) => {
    const threads = threadCount(args.threads)
    const { runDemo } = await import('./run-demo.js')
    return runDemo({ folder: args.folder, threads, json: args.json ?? false })
  },
})
