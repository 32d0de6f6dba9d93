import { describe, expect, it } from 'vitest'
import { checkArguments } from '../../src/cli/check-arguments.js'
import { UsageError } from '../../src/cli/usage-error.js'

const known = {
  from: { type: 'positional', required: true },
  to: { type: 'positional', required: false },
  size: { type: 'string' },
  fast: { type: 'boolean' },
} as const

const check = (...argv: string[]): { asksForHelp: boolean } => checkArguments('copy', argv, known)

describe('checkArguments', () => {
  it.each([
    [['a']],
    [['a', 'b']],
    [['--fast', 'a', '--size', '3']],
    [['a', '--size=-3']],
    [['a', '--size=']],
    [['a', '--size', '-']],
    [['--', '-a', '--fast']],
  ])('lets %j pass', (argv) => {
    expect(check(...argv)).toEqual({ asksForHelp: false })
  })

  it('hears a call for help, whatever is missing', () => {
    expect(check('--help')).toEqual({ asksForHelp: true })
    expect(check('a', '-h')).toEqual({ asksForHelp: true })
  })

  it.each<[string[], string]>([
    [[], 'argument <from> is missing. See offmain copy --help'],
    [['a', 'b', 'c'], 'unexpected argument c. See offmain copy --help'],
    [['a', '--slow'], 'unknown option --slow. See offmain copy --help'],
    [['a', '--slow=1', '--help'], 'unknown option --slow. See offmain copy --help'],
    [['a', '--toString'], 'unknown option --toString. See offmain copy --help'],
    [['a', '-f'], 'unknown option -f. See offmain copy --help'],
    [['a', '--from', 'b'], 'unknown option --from. See offmain copy --help'],
    [['a', '--no-fast'], 'unknown option --no-fast. See offmain copy --help'],
    [['a', '--fast=no'], '--fast takes no value. See offmain copy --help'],
    [['a', '--size'], '--size needs a value. See offmain copy --help'],
    [['a', '--size', '-3'], '--size needs a value; one that starts with a dash is written --size=-3'],
  ])('refuses %j', (argv, message) => {
    expect(() => check(...argv)).toThrow(new UsageError(message))
  })
})
