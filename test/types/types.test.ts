import { execFile } from 'node:child_process'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

const here = fileURLToPath(new URL('.', import.meta.url))
const tsc = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url))

/** What the compiler has to say of the project; '' when nothing is wrong. */
async function compile(project: string, ...options: readonly string[]): Promise<string> {
  const command = [tsc, '--project', project, '--pretty', 'false', ...options]
  return promisify(execFile)(process.execPath, command, { cwd: here }).then(
    ({ stdout }) => stdout,
    (error: { stdout?: string }) => error.stdout || String(error),
  )
}

describe('the type tests', () => {
  it('hold', async () => {
    expect(await compile('tsconfig.json')).toBe('')
  })

  it('are all looked at', async () => {
    const looked = (await compile('tsconfig.json', '--listFilesOnly')).split('\n').map((file) => file.trim())
    const there = (await readdir(here)).filter((file) => file.endsWith('.ts'))
    expect(there.length).toBeGreaterThan(4)
    expect(there.filter((file) => !looked.some((path) => path.endsWith(`test/types/${file}`)))).toEqual([])
  })

  it('fail when a type is wrong, and when an expected error is missing', async () => {
    const folder = await mkdtemp(`${here}broken-`)
    try {
      await writeFile(
        `${folder}/broken.test-d.ts`,
        `import type { OutcomeStatus } from 'offmain'
import { expectTypeOf } from 'vitest'
expectTypeOf<OutcomeStatus>().toEqualTypeOf<'completed'>()
// @ts-expect-error: nothing is wrong
expectTypeOf<OutcomeStatus>().toBeString()
`,
      )
      await writeFile(`${folder}/tsconfig.json`, '{ "extends": "../tsconfig.json", "include": ["."] }')
      const told = await compile(`${folder}/tsconfig.json`)
      expect(told).toMatch(/broken\.test-d\.ts\(3,\d+\): error TS2344/)
      expect(told).toMatch(/broken\.test-d\.ts\(4,\d+\): error TS2578/)
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})
