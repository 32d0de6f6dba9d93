import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { everyday, fixtures, offmain } from './offmain-process.js'

describe('offmain --help', () => {
  it('names the commands and the exit codes', async () => {
    const { code, stdout, stderr } = await offmain(['--help'])
    expect(stdout).toContain('USAGE offmain run|demo')
    expect(stdout).toMatch(/^ +run {2,}Runs a task class/m)
    expect(stdout).toMatch(/^ +demo {2,}Digests the files/m)
    expect(stdout).toContain('EXIT CODES')
    expect(stdout).not.toContain('\u001b')
    expect(stderr).toBe('')
    expect(code).toBe(0)
  })

  it.each([['--help'], ['-h']])('tells of run with %s, whatever is missing', async (flag) => {
    const { code, stdout } = await offmain(['run', flag])
    expect(stdout).toContain('USAGE offmain run [OPTIONS] <MODULE> <TASK>')
    for (const option of ['parameters', 'input', 'user', 'user-connections', 'threads', 'timeout', 'json']) {
      expect(stdout).toMatch(new RegExp(`^ +--${option}\\b`, 'm'))
    }
    expect(code).toBe(0)
  })

  it('tells of demo', async () => {
    const { code, stdout } = await offmain(['demo', '--help'])
    expect(stdout).toContain('USAGE offmain demo [OPTIONS] [FOLDER]')
    expect(code).toBe(0)
  })
})

describe('offmain --version', () => {
  it('prints the version of the package', async () => {
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
      version: string
    }
    expect(await offmain(['--version'])).toMatchObject({ code: 0, stdout: `${version}\n`, stderr: '' })
  })
})

describe('wrong usage', () => {
  const run = ['run', everyday, 'Echo']

  it.each<[string, readonly string[], RegExp]>([
    ['no command', [], /a command is missing: run or demo/],
    ['an unknown command', ['walk'], /unknown command walk; known: run, demo/],
    ['a name of Object.prototype', ['constructor'], /unknown command constructor/],
    ['an option before the command', ['--json', 'demo'], /unknown option --json/],
    ['no module', ['run'], /argument <module> is missing/],
    ['no task', ['run', everyday], /argument <task> is missing/],
    ['an argument too many', [...run, 'more'], /unexpected argument more/],
    ['an unknown option', [...run, '--paramters', '1'], /unknown option --paramters/],
    ['an unknown option of demo', ['demo', '--thread=1'], /unknown option --thread\b/],
    ['an unknown short option', [...run, '-x'], /unknown option -x/],
    ['a negated option', [...run, '--no-json'], /unknown option --no-json/],
    ['an option in another case', [...run, '--userConnections', 'x'], /unknown option --userConnections/],
    ['a flag with a value', [...run, '--json=yes'], /--json takes no value/],
    ['an option without its value', [...run, '--parameters'], /--parameters needs a value/],
    ['an option instead of a value', [...run, '--parameters', '--json'], /--parameters=--json/],
    ['parameters that are not JSON', [...run, '--parameters', '{a:1}'], /--parameters is not JSON/],
    ['parameters that cannot cross', [...run, '--parameters', '{"__proto__":1}'], /--parameters cannot be sent/],
    ['two sources of parameters', [...run, '--parameters', '1', '--input', '-'], /exclude each other/],
    ['a user that is not JSON', [...run, '--user', 'ada'], /--user is not JSON/],
    ['a user without an id', [...run, '--user', '{"name":"Ada"}'], /--user must be an object with a string id/],
    ['a module that is not there', ['run', './no-such.mjs', 'Echo'], /<module>: there is no .*no-such\.mjs/],
    ['a module that is a folder', ['run', fixtures, 'Echo'], /<module>: .* is not a file/],
    ['a file: URL of another host', ['run', 'file://host/x.mjs', 'Echo'], /no usable file: URL/],
    ['no such connections', [...run, '--user-connections', 'no-such.mjs'], /--user-connections: there is no/],
    ['no such input', [...run, '--input', 'no-such.ndjson'], /--input: there is no/],
    ['an input that is a folder', [...run, '--input', fixtures], /--input: .* is a folder/],
    ['no threads', [...run, '--threads', '0'], /--threads is "0"/],
    ['threads out of order', [...run, '--threads', '8-1'], /--threads is "8-1"/],
    ['no time', [...run, '--timeout', '0'], /--timeout is 0/],
    ['time in words', [...run, '--timeout', '1s'], /--timeout is "1s"/],
    ['a folder that is not there', ['demo', 'no-such-folder'], /\[folder\]: there is no .*no-such-folder/],
    ['a folder that is a file', ['demo', everyday], /is not a folder/],
  ])('is refused: %s', async (_, args, message) => {
    const { code, stderr, lines } = await offmain(args)
    expect(stderr).toMatch(message)
    expect(stderr).toMatch(/^offmain: [^\n]+\n$/)
    expect(lines.filter((line) => line.includes('completed') && !line.includes('0 completed'))).toEqual([])
    expect(code).toBe(2)
  })
})
