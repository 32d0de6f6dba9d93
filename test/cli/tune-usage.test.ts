import { writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { fixtures, offmain } from './offmain-process.js'
import { TemporaryFolder } from './temporary-folder.js'

const tasks = `${fixtures}tune.tasks.mjs`

describe('offmain tune --help', () => {
  it('names the options', async () => {
    const { code, stdout } = await offmain(['tune', '--help'])
    expect(stdout).toContain('USAGE offmain tune [OPTIONS] <MODULE> <TASK>')
    for (const option of ['parameters', 'input', 'user', 'user-connections', 'seconds', 'json', 'html']) {
      expect(stdout).toMatch(new RegExp(`^ +--${option}\\b`, 'm'))
    }
    expect(stdout).toContain('the first 1 000 lines are used')
    expect(code).toBe(0)
  })
})

describe('wrong usage of offmain tune', () => {
  const work = ['tune', tasks, 'Work']

  it.each<[string, readonly string[], RegExp]>([
    ['no module', ['tune'], /argument <module> is missing/],
    ['no task', ['tune', tasks], /argument <task> is missing/],
    ['an unknown option', [...work, '--threads', '2'], /unknown option --threads/],
    ['parameters that are not JSON', [...work, '--parameters', '{a:1}'], /--parameters is not JSON/],
    ['parameters that cannot cross', [...work, '--parameters', '{"__proto__":1}'], /--parameters cannot be sent/],
    ['two sources of parameters', [...work, '--parameters', '1', '--input', '-'], /exclude each other/],
    ['an input without lines', [...work, '--input', '-'], /--input has no line/],
    ['no such input', [...work, '--input', 'no-such.ndjson'], /--input: there is no/],
    ['a user without an id', [...work, '--user', '{"name":"Ada"}'], /--user must be an object/],
    ['a module that is not there', ['tune', 'no-such.mjs', 'Work'], /<module>: there is no/],
    ['no such connections', [...work, '--user-connections', 'no-such.mjs'], /--user-connections: there is no/],
    ['no time', [...work, '--seconds', '0'], /--seconds is "0"; allowed: a number from 0.05 to 600/],
    ['time in words', [...work, '--seconds', '1s'], /--seconds is "1s"/],
    ['a page in a folder that is not there', [...work, '--html', 'no-such-folder/x.html'], /--html: there is no/],
    ['a page that is a folder', [...work, '--html', fixtures], /--html: .* is a folder/],
    ['a page in a file', [...work, '--html', `${tasks}/x.html`], /--html: /],
  ])('is refused: %s', async (_, args, message) => {
    const { code, stdout, stderr } = await offmain(args)
    expect(stderr).toMatch(message)
    expect(stderr).toMatch(/^offmain: [^\n]+\n$/)
    expect(stdout).toBe('')
    expect(code).toBe(2)
  })

  it('names the line that is wrong', async () => {
    using folder = new TemporaryFolder()
    const input = folder.file('calls.ndjson')
    const args = [...work, '--input', input, '--seconds', '0.1']
    writeFileSync(input, '{"ms":1}\n\n{"ms":')
    expect((await offmain(args)).stderr).toMatch(/^offmain: line 3 is not JSON/)
    writeFileSync(input, '{"ms":1}\n\n{"ms":1,"__proto__":2}')
    expect(await offmain(args)).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^offmain: line 3 cannot be sent/),
    })
  })
})
