import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path/posix'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../', import.meta.url))

/**
 * The floors of the house, from the roof down. What is on a floor may import what lies below it, and its own room.
 *
 * ```
 *   index       the public names
 *   face        TaskRuntime, handles, references, reports
 *   scheduling
 *   watchdog    pool            two rooms, no door between them
 *   leaves      options, outcomes, errors, events
 *   contract                    the wall to the workers
 * ```
 */
const floors: readonly (readonly Room[])[] = [
  ['index'],
  ['face'],
  ['scheduling'],
  ['watchdog', 'pool'],
  ['leaves'],
  ['contract'],
]

type Room = 'index' | 'face' | 'scheduling' | 'watchdog' | 'pool' | 'leaves' | 'contract' | 'cli' | 'workers'

const face = [
  'task-runtime',
  'task-handle',
  'task-module',
  'map-outcomes',
  'runtime-report',
  'settled-outcome',
  'signal-followers',
]
const leaves = [
  'options',
  'call-options',
  'check-option',
  'available-cores',
  'module-url',
  'outcome',
  'errors',
  'events',
]

/** Which file may import which package. */
const packages: Readonly<Record<string, RegExp>> = {
  eventemitter3: /^src\/events\.ts$/,
  piscina: /^src\/pool\/thread-pool\.ts$/,
  msgpackr: /^src\/contract\/codec\.ts$/,
  citty: /^src\/cli\//,
  'cli-progress': /^src\/cli\//,
  picocolors: /^src\/cli\//,
  uplot: /^src\/cli\/tune-page/,
}

function packageOf(specifier: string): string {
  return specifier.replace(/(?<=^(@[^/]+\/)?[^/]+)\/.*$/, '')
}

/** The command line counts cores, and reads numbers of threads and time limits, as the runtime does. */
const alsoForTheCommandLine = new Set([
  'src/options.ts parseThreads',
  'src/check-option.ts limit',
  'src/available-cores.ts availableCores',
])

const sources = listFiles('src').concat(listFiles('workers'))

describe('the house', () => {
  it('has rooms for all its files', () => {
    expect(sources.length).toBeGreaterThan(50)
    expect(sources.filter((file) => roomOf(file) === undefined)).toEqual([])
  })

  it('is imported downwards only', () => {
    expect(violations(ownImports(), downwards)).toEqual([])
  })

  it('has a public index that nobody inside imports', () => {
    const allowed = ({ from, to }: OwnImport): boolean => roomOf(to) !== 'index' || roomOf(from) === 'cli'
    expect(violations(ownImports(), allowed)).toEqual([])
  })

  it('has a wall: workers and src share the contract alone', () => {
    const allowed = ({ from, to }: OwnImport): boolean => {
      if (roomOf(from) === 'workers') return roomOf(to) === 'workers' || roomOf(to) === 'contract'
      if (roomOf(from) === 'contract') return roomOf(to) === 'contract'
      return roomOf(to) !== 'workers'
    }
    expect(violations(ownImports(), allowed)).toEqual([])
  })

  it('reaches the workers by one URL', () => {
    const urls = sources.flatMap((file) =>
      [...read(file).matchAll(/new URL\('[^']*\/workers\/[^']+'/g)].map((match) => `${file}: ${match[0]}`),
    )
    expect(urls).toEqual([`src/pool/thread-pool.ts: new URL('../../workers/boot.cjs'`])
  })

  it('has a command line that uses what everybody can', () => {
    const publicNames = new Set(['src/index.ts', 'src/contract/task.ts'].flatMap((file) => exportsOf(file)))
    const allowed = ({ from, to, names }: OwnImport): boolean =>
      roomOf(from) !== 'cli' ||
      roomOf(to) === 'cli' ||
      roomOf(to) === 'index' ||
      (names.length > 0 &&
        names.every((name) => publicNames.has(`${to} ${name}`) || alsoForTheCommandLine.has(`${to} ${name}`)))
    expect(violations(ownImports(), allowed)).toEqual([])
  })

  it('lets each package in through one file', () => {
    const foreign = imports().filter(({ specifier }) => !specifier.startsWith('.') && !specifier.startsWith('node:'))
    const allowed = ({ from, specifier }: Import): boolean => packages[packageOf(specifier)]?.test(from) ?? false
    expect(violations(foreign, allowed)).toEqual([])
    expect(new Set(foreign.map(({ specifier }) => packageOf(specifier)))).toEqual(new Set(Object.keys(packages)))
  })

  it('declares the packages it imports, and no other', () => {
    const { dependencies } = JSON.parse(read('package.json')) as { dependencies: Record<string, string> }
    expect(Object.keys(dependencies).sort()).toEqual(Object.keys(packages).sort())
  })

  it('has no imports that lead nowhere', () => {
    const relative = imports().filter(({ specifier }) => specifier.startsWith('.'))
    expect(violations(relative, ({ to }) => to !== undefined)).toEqual([])
  })

  it('names its files after what they are', () => {
    const vague = /(^|[-./])(utils?|common|helpers?|types?|misc|shared|lib)([-./]|$)/
    expect(sources.filter((file) => vague.test(file.replace(/^(src|workers)\//, '')))).toEqual([])
    expect(sources.filter((file) => !/^[a-z\d/-]+(\.tasks)?\.c?ts$/.test(file))).toEqual([])
  })
})

describe('the documents', () => {
  it('name files and folders that are there', () => {
    const named = ['README.md', 'AGENTS.md'].flatMap((document) =>
      [...read(document).matchAll(/`((?:src|workers|test|bench)\/[\w./-]*|\.ci\/run)`/g)].map(([, path = '']) => path),
    )
    expect(named.length).toBeGreaterThan(20)
    expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([])
  })
})

describe('the reading of imports', () => {
  it('finds every form, with its line and names', () => {
    const text = [
      "import type { A } from './a.js'",
      "import b, { type C, d as e } from './b.js'",
      "import './c.js'",
      'import {',
      '  f,',
      "} from './d.js'",
      "export { g } from './e.js'",
      "export * from './f.js'",
      "const h = () => import('./g.js')",
      "type I = typeof import('./h.js')",
      "const j = require('./i.js')",
    ].join('\n')
    expect(readImports(text)).toEqual([
      { specifier: './a.js', line: 1, names: ['A'] },
      { specifier: './b.js', line: 2, names: ['b', 'C', 'd'] },
      { specifier: './c.js', line: 3, names: [] },
      { specifier: './d.js', line: 4, names: ['f'] },
      { specifier: './e.js', line: 7, names: ['g'], exported: true },
      { specifier: './f.js', line: 8, names: [], exported: true },
      { specifier: './g.js', line: 9, names: [] },
      { specifier: './h.js', line: 10, names: [] },
      { specifier: './i.js', line: 11, names: [] },
    ])
  })

  it('leaves comments and template texts alone', () => {
    const text = [
      "// import './a.js'",
      '/**',
      " * import { b } from './b.js'",
      ' */',
      'const c = `import("./c.js")`',
      "const url = 'https://example.org' // import('./d.js')",
    ].join('\n')
    expect(readImports(text)).toEqual([])
  })
})

interface Import {
  readonly from: string
  readonly line: number
  readonly specifier: string
  readonly names: readonly string[]
  /** The file of ours that is meant; `undefined` for a package, and for one that is not there. */
  readonly to: string | undefined
}

type OwnImport = Import & { readonly to: string }

/** Down the floors, or within one room; the command line stands beside the house, the workers behind the wall. */
function downwards({ from, to }: OwnImport): boolean {
  const [here, there] = [roomOf(from), roomOf(to)]
  if (here === undefined || there === undefined || here === there) return true
  if (here === 'cli' || here === 'workers') return true
  return floorOf(there) > floorOf(here)
}

function floorOf(room: Room): number {
  return floors.findIndex((rooms) => rooms.includes(room))
}

function roomOf(file: string): Room | undefined {
  const [wing, room = '', ...rest] = file.split('/')
  if (wing === 'workers') return 'workers'
  if (rest.length > 0) {
    const rooms: readonly Room[] = ['scheduling', 'watchdog', 'pool', 'contract', 'cli']
    return rooms.find((name) => name === room)
  }
  const name = room.replace(/\.ts$/, '')
  if (name === 'index') return 'index'
  if (face.includes(name)) return 'face'
  return leaves.includes(name) ? 'leaves' : undefined
}

function violations<T extends Import>(found: readonly T[], isAllowed: (each: T) => boolean): string[] {
  return found
    .filter((each) => !isAllowed(each))
    .map(({ from, line, specifier, names }) => {
      const what = names.length > 0 ? ` { ${names.join(', ')} }` : ''
      return `${from}:${line} imports${what} from '${specifier}'`
    })
}

function ownImports(): OwnImport[] {
  return imports().filter((each): each is OwnImport => each.to !== undefined)
}

function imports(): Import[] {
  return sources.flatMap((from) =>
    readImports(read(from)).map((found) => ({ ...found, from, to: fileOf(from, found.specifier) })),
  )
}

function fileOf(from: string, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) return undefined
  const file = join(dirname(from), specifier).replace(/\.js$/, '.ts')
  return existsSync(join(root, file)) ? file : undefined
}

/** `file name` of each name that the file exports from another of ours, and of its own. */
function exportsOf(file: string): string[] {
  const own = [...read(file).matchAll(/^export (?:abstract )?(?:class|interface|type|function|const) (\w+)/gm)]
  const passedOn = readImports(read(file))
    .filter(({ exported }) => exported)
    .flatMap(({ specifier, names }) => names.map((name) => `${fileOf(file, specifier)} ${name}`))
  return [...own.map(([, name]) => `${file} ${name}`), ...passedOn]
}

interface FoundImport {
  readonly specifier: string
  readonly line: number
  readonly names: readonly string[]
  readonly exported?: true
}

const STATEMENT = /^[ \t]*(import|export)\s+(?:type\s+)?([\w*\s{},$]*?)\s*from\s*['"]([^'"]+)['"]/gm
const BARE = /^[ \t]*import\s*['"]([^'"]+)['"]/gm
const CALL = /\b(?:import|require)\s*\(\s*['"]([^'"]+)['"]/g

function readImports(source: string): FoundImport[] {
  const text = blankCommentsAndTemplates(source)
  const lineOf = (index: number): number => text.slice(0, index).split('\n').length
  const found: FoundImport[] = []
  for (const { index, 0: whole, 1: keyword, 2: clause = '', 3: specifier = '' } of text.matchAll(STATEMENT)) {
    const line = lineOf(index + (/^\s*/.exec(whole)?.[0].length ?? 0))
    found.push({ specifier, line, names: namesIn(clause), ...(keyword === 'export' && { exported: true }) })
  }
  for (const pattern of [BARE, CALL]) {
    for (const { index, 1: specifier = '' } of text.matchAll(pattern)) {
      found.push({ specifier, line: lineOf(index), names: [] })
    }
  }
  return found.sort((a, b) => a.line - b.line)
}

function namesIn(clause: string): string[] {
  const names = clause.split(/[{},]/).map((part) => part.trim().replace(/^type\s+/, ''))
  return names.map((name) => name.replace(/\s+as\s+\w+$/, '')).filter((name) => name !== '' && name !== '*')
}

/** The same text, line for line, with nothing in it that only looks like an import. */
function blankCommentsAndTemplates(source: string): string {
  const token = /\/\/[^\n]*|\/\*[\s\S]*?\*\/|`(?:\\[\s\S]|[^`\\])*`|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"/g
  return source.replace(token, (text) => (/^['"]/.test(text) ? text : text.replace(/[^\n]/g, ' ')))
}

function listFiles(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`
    return entry.isDirectory() ? listFiles(path) : [path]
  })
}

function read(file: string): string {
  return readFileSync(join(root, file), 'utf8')
}
