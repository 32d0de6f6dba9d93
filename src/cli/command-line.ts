import { createRequire } from 'node:module'
import { stripVTControlCharacters } from 'node:util'
import { type ArgsDef, type CommandDef, defineCommand, renderUsage, runCommand } from 'citty'
import pc from 'picocolors'
import { InvalidOptionError, OffmainError } from '../errors.js'
import { checkArguments } from './check-arguments.js'
import { EXIT, EXIT_CODES_HELP } from './exit-codes.js'
import { UsageError } from './usage-error.js'

// Each command loads the runtime only when it runs, so that help costs nothing of it.
const commands: Readonly<Record<string, () => Promise<CommandDef>>> = {
  run: () => import('./run.js').then(({ run }) => untyped(run)),
  demo: () => import('./demo.js').then(({ demo }) => untyped(demo)),
  tune: () => import('./tune.js').then(({ tune }) => untyped(tune)),
}

/**
 * Runs the command that the arguments name. citty's own `runMain` ignores unknown options, prints stack traces and exits
 * with 1 for wrong usage, so the way there is ours.
 *
 * @returns the exit code
 */
export async function runCommandLine(argv: readonly string[]): Promise<number> {
  // A reader that leaves early is no reason for a stack trace; commands hear of it through `Interruption`.
  process.stdout.on('error', () => {})
  try {
    return await dispatch(argv)
  } catch (error) {
    if (error instanceof UsageError || error instanceof InvalidOptionError) {
      complain(error.message)
      return EXIT.usage
    }
    complain(error instanceof OffmainError ? error.message : ((error as Error | undefined)?.stack ?? String(error)))
    return EXIT.notCompleted
  }
}

async function dispatch(argv: readonly string[]): Promise<number> {
  const [name, ...rest] = argv
  const root = rootCommand()
  if (name === undefined) {
    throw new UsageError(`a command is missing: ${Object.keys(commands).join(' or ')}. See offmain --help`)
  }
  if (name === '--help' || name === '-h') return print(await help(root))
  if (name === '--version' || name === '-v') return print(`${version()}\n`)
  if (name.startsWith('-')) throw new UsageError(`unknown option ${name}. See offmain --help`)
  if (!Object.hasOwn(commands, name)) {
    throw new UsageError(`unknown command ${name}; known: ${Object.keys(commands).join(', ')}. See offmain --help`)
  }
  const command = (await commands[name]?.()) as CommandDef
  const { asksForHelp } = checkArguments(name, rest, command.args as ArgsDef)
  if (asksForHelp) return print(await help(command, root))
  const { result } = await runCommand(command, { rawArgs: rest })
  return result as number
}

function rootCommand(): CommandDef {
  return defineCommand({
    meta: {
      name: 'offmain',
      version: version(),
      description:
        'Runs background tasks on worker threads of one process, and stops those that do not stop by themselves.',
    },
    subCommands: commands,
  })
}

async function help(command: CommandDef, parent?: CommandDef): Promise<string> {
  const usage = `${await renderUsage(command, parent)}\n\n${EXIT_CODES_HELP}`
  return pc.isColorSupported ? usage : stripVTControlCharacters(usage)
}

/** The arguments' types are known inside the command; a command with some is not assignable to one with any. */
function untyped<Args extends ArgsDef>(command: CommandDef<Args>): CommandDef {
  return command as unknown as CommandDef
}

/** By the package's own name: found from `dist` and from the source alike. */
function version(): string {
  return (createRequire(import.meta.url)('offmain/package.json') as { version: string }).version
}

function print(text: string): number {
  process.stdout.write(text)
  return EXIT.completed
}

function complain(message: string): void {
  process.stderr.write(`offmain: ${message}\n`)
}
