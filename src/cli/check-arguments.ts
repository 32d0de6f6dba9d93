import { parseArgs } from 'node:util'
import type { ArgsDef } from 'citty'
import { UsageError } from './usage-error.js'

/**
 * Refuses what citty lets pass: unknown options, options without their value, flags with one, arguments too few or too
 * many.
 *
 * @throws UsageError
 */
export function checkArguments(
  command: string,
  argv: readonly string[],
  known: ArgsDef,
): { readonly asksForHelp: boolean } {
  const see = `See offmain ${command} --help`
  const options = optionsOf(known)
  const { tokens } = parseArgs({ args: [...argv], options, allowPositionals: true, strict: false, tokens: true })
  const given: string[] = []
  let asksForHelp = false
  for (const token of tokens) {
    if (token.kind === 'positional') given.push(token.value)
    if (token.kind !== 'option') continue
    const { name, rawName, value, inlineValue } = token
    if (!Object.hasOwn(options, name) || (rawName !== `--${name}` && name !== 'help')) {
      throw new UsageError(`unknown option ${rawName}. ${see}`)
    }
    if (name === 'help') asksForHelp = true
    const takesValue = options[name]?.type === 'string'
    if (!takesValue && value !== undefined) throw new UsageError(`${rawName} takes no value. ${see}`)
    if (takesValue && value === undefined) throw new UsageError(`${rawName} needs a value. ${see}`)
    if (takesValue && inlineValue === false && value !== undefined && /^-./.test(value)) {
      throw new UsageError(`${rawName} needs a value; one that starts with a dash is written ${rawName}=${value}`)
    }
  }
  if (!asksForHelp) checkPositionals(given, known, see)
  return { asksForHelp }
}

function optionsOf(known: ArgsDef): Record<string, { type: 'string' | 'boolean'; short?: string }> {
  const options: Record<string, { type: 'string' | 'boolean'; short?: string }> = {
    help: { type: 'boolean', short: 'h' },
  }
  for (const [name, { type }] of Object.entries(known)) {
    if (type !== 'positional') options[name] = { type: type === 'boolean' ? 'boolean' : 'string' }
  }
  return options
}

function checkPositionals(given: readonly string[], known: ArgsDef, see: string): void {
  const positionals = Object.entries(known).filter(([, { type }]) => type === 'positional')
  const missing = positionals.slice(given.length).find(([, { required }]) => required !== false)
  if (missing !== undefined) throw new UsageError(`argument <${missing[0]}> is missing. ${see}`)
  const surplus = given[positionals.length]
  if (surplus !== undefined) throw new UsageError(`unexpected argument ${surplus}. ${see}`)
}
