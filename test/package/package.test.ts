import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readmeFiles } from './readme-files.js'

// The tarball as npm would publish it, in projects that know nothing of this one. The programs are those of the README.

const root = fileURLToPath(new URL('../../', import.meta.url))
const files = readmeFiles()
const programs = ['app.ts', 'year-end.ts', 'watch.ts']

let folder: string
let tarball: string
let packed: readonly string[]

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'offmain-package-'))
  const { stdout } = await npm(root, 'pack', '--ignore-scripts', '--json', '--pack-destination', folder)
  const [{ filename, files: entries }] = JSON.parse(stdout) as [{ filename: string; files: { path: string }[] }]
  tarball = join(folder, filename)
  packed = entries.map(({ path }) => path)

  await writeFile(join(folder, 'package.json'), '{ "name": "empty", "private": true }\n')
  const tools = ['typescript', '@types/node'].map((name) => `${name}@${installedVersion(name)}`)
  await npm(folder, 'install', '--no-audit', '--no-fund', '--prefer-offline', tarball, ...tools, 'tsx@4')
}, 300_000)

afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
})

describe('the tarball', () => {
  it('has what it needs and nothing of the tests', () => {
    for (const file of [
      'dist/src/bundle/index.js',
      'dist/src/index.d.ts',
      'dist/workers/entry.js',
      'dist/src/cli/main.js',
    ]) {
      expect(packed).toContain(file)
    }
    for (const file of ['README.md', 'CHANGELOG.md', 'LICENSE', 'package.json']) expect(packed).toContain(file)
    const ours = /^(dist\/(src|workers)\/|src\/|workers\/|README\.md|CHANGELOG\.md|LICENSE|package\.json)/
    expect(packed.filter((file) => !ours.test(file))).toEqual([])
  })

  it('has nothing for publint to say', async () => {
    const { stdout } = await run(root, process.execPath, bin('publint', 'publint'), 'run', tarball, '--strict')
    expect(stdout).toContain('All good!')
  })

  it('has types that resolve, says attw', async () => {
    const attw = bin('@arethetypeswrong/cli', 'attw')
    const { stdout } = await run(root, process.execPath, attw, tarball, '--profile', 'esm-only', '--format', 'json')
    const { problems } = JSON.parse(stdout) as { problems: Record<string, unknown> }
    expect(Object.keys(problems).filter((kind) => kind !== 'CJSResolvesToESM' && kind !== 'NoResolution')).toEqual([])
  })
})

describe('in an empty project, what the README shows', () => {
  it('type-checks, compiles and runs as ES modules', async () => {
    const project = await makeProject('esm', { type: 'module' }, [
      ...programs,
      'statements.tasks.ts',
      'bank-connection.ts',
    ])
    expect(await compile(project)).toBe('')
    for (const name of programs)
      await expectPrinted(name, project, process.execPath, `out/${name.replace(/ts$/, 'js')}`)
  })

  it('type-checks, compiles and runs as CommonJS, through require', async () => {
    const project = await makeProject('cjs', {}, ['app.cts', 'statements.tasks.ts', 'bank-connection.ts'])
    expect(await compile(project)).toBe('')
    for (const name of ['app.cjs', 'statements.tasks.js']) {
      expect(readFileSync(join(project, 'out', name), 'utf8')).toContain('"use strict"')
    }
    expect(readFileSync(join(project, 'out/app.cjs'), 'utf8')).toContain('require("offmain")')
    await expectPrinted('app.cts', project, process.execPath, 'out/app.cjs')
  })

  it('runs unbuilt with tsx', async () => {
    const project = await makeProject('tsx', { type: 'module' }, [
      ...programs,
      'statements.tasks.ts',
      'bank-connection.ts',
    ])
    for (const name of programs) await expectPrinted(name, project, process.execPath, '--import', 'tsx', name)
  })

  it('runs unbuilt on Node 24 without any loader', { timeout: 240_000 }, async () => {
    const project = await makeProject('bare', { type: 'module' }, [
      ...programs,
      'statements.tasks.ts',
      'bank-connection.ts',
    ])
    const node = await node24()
    for (const name of programs) await expectPrinted(name, project, node, name)
  })

  it('is right about the line where the endless loop is stuck', () => {
    const { text = '' } = files.find(({ name }) => name === 'statements.tasks.ts') ?? {}
    const loop = text.split('\n').findIndex((line) => line.includes('for (let candidate'))
    const [, line, column] =
      /statements\.tasks\.ts:(\d+):(\d+)/.exec(files.find(({ name }) => name === 'app.ts')?.printed ?? '') ?? []
    expect(Number(line)).toBe(loop + 1)
    expect(Number(column)).toBe((text.split('\n')[loop] ?? '').indexOf('for') + 1)
  })

  it('is all tried: each program runs, each other file is one that they load', () => {
    const tried = [...programs, 'app.cts', 'statements.tasks.ts', 'bank-connection.ts']
    expect(files.map(({ name }) => name).sort()).toEqual(tried.sort())
    expect(files.filter(({ printed }) => printed !== undefined).map(({ name }) => name)).toEqual([
      'app.ts',
      'year-end.ts',
      'watch.ts',
      'app.cts',
    ])
  })
})

describe('the command offmain', () => {
  it('shows its help', async () => {
    const { stdout } = await npm(folder, 'exec', '--', 'offmain', '--help')
    expect(stdout).toContain('USAGE offmain')
  })

  it('runs a task of the project', async () => {
    const project = await makeProject('command', { type: 'module' }, ['statements.tasks.ts', 'bank-connection.ts'])
    expect(await compile(project)).toBe('')
    const options = [
      '--parameters',
      '{"year":2026}',
      '--user',
      '{"id":"u-17"}',
      '--user-connections',
      'out/bank-connection.js',
      '--json',
    ]
    const { stdout } = await npm(
      project,
      'exec',
      '--',
      'offmain',
      'run',
      'out/statements.tasks.js',
      'BuildStatement',
      ...options,
    )
    expect(JSON.parse(stdout.split('\n')[0] ?? '')).toMatchObject({ status: 'completed', value: { rows: 12 } })
  })

  it('demonstrates itself on a folder', async () => {
    await mkdir(join(folder, 'tiny'))
    await writeFile(join(folder, 'tiny/one.txt'), 'one two\nthree\n')
    await cp(join(root, 'LICENSE'), join(folder, 'tiny/two.txt'))
    const { stdout } = await npm(folder, 'exec', '--', 'offmain', 'demo', 'tiny')
    expect(stdout).toContain('2 files')
    expect(stdout).toContain('EndlessLoop')
  })
})

/** A project of its own below the installed packages, with files of the README. */
async function makeProject(name: string, settings: object, names: readonly string[]): Promise<string> {
  const project = join(folder, name)
  await mkdir(project)
  await writeFile(join(project, 'package.json'), JSON.stringify({ name, private: true, ...settings }))
  const compilerOptions = {
    target: 'ES2023',
    lib: ['ES2023', 'ESNext.Disposable'],
    module: 'NodeNext',
    types: ['node'],
    strict: true,
    exactOptionalPropertyTypes: true,
    verbatimModuleSyntax: settings !== undefined && 'type' in settings,
    skipLibCheck: false,
    rootDir: '.',
    outDir: 'out',
  }
  await writeFile(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*'] }))
  for (const file of files.filter((each) => names.includes(each.name))) {
    await writeFile(join(project, file.name), file.text)
  }
  return project
}

async function compile(project: string): Promise<string> {
  const tsc = join(folder, 'node_modules/typescript/bin/tsc')
  return run(project, process.execPath, tsc, '--project', '.', '--pretty', 'false').then(
    ({ stdout }) => stdout,
    (error: { stdout?: string }) => error.stdout || String(error),
  )
}

/** Runs a program of the README: it exits with 0 and prints what the README says, but for places and times. */
async function expectPrinted(name: string, project: string, command: string, ...args: string[]): Promise<void> {
  const { printed = '' } = files.find((file) => file.name === name) ?? {}
  const { stdout } = await run(project, command, ...args)
  expect(timeless(stdout)).toBe(timeless(printed))
}

/** Where a stuck thread was cannot be seen from a machine too busy to look. */
function timeless(text: string): string {
  return text
    .replace(/after \d+ ms/g, 'after … ms')
    .replace(/ of running(?: at .*?)? \(limit (\d+) ms, .*\)$/gm, ' of running … (limit $1 ms)')
}

async function node24(): Promise<string> {
  if (Number(process.versions.node.split('.')[0]) === 24) return process.execPath
  const prefix = join(folder, 'node24')
  await mkdir(prefix)
  await writeFile(join(prefix, 'package.json'), '{ "private": true }')
  await npm(prefix, 'install', '--no-audit', '--no-fund', '--prefer-offline', 'node@24')
  return join(prefix, 'node_modules/node/bin/node')
}

function npm(cwd: string, ...args: readonly string[]): Promise<{ stdout: string; stderr: string }> {
  return run(cwd, 'npm', ...args)
}

function run(cwd: string, command: string, ...args: readonly string[]): Promise<{ stdout: string; stderr: string }> {
  // Colours, and options of the test runner, are none of the programs' business.
  const { FORCE_COLOR: _, NODE_OPTIONS: __, ...env } = process.env
  return promisify(execFile)(command, args, {
    cwd,
    env: { ...env, NO_COLOR: '1' },
    timeout: 180_000,
    maxBuffer: 2 ** 26,
  })
}

function installedVersion(name: string): string {
  return (JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8')) as { version: string })
    .version
}

function bin(name: string, command: string): string {
  const file = join(root, 'node_modules', name, 'package.json')
  const { bin: bins } = JSON.parse(readFileSync(file, 'utf8')) as { bin: string | Record<string, string> }
  const path = join(root, 'node_modules', name, typeof bins === 'string' ? bins : (bins[command] ?? ''))
  if (!existsSync(path)) throw new Error(`${name} has no command ${command}`)
  return path
}
