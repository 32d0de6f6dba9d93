// What a process and each of its threads load at the start, in one file each: to find and link 60 files takes longer
// than to run them. `tsc` writes the types, the command and the modules that tests and benchmarks look at one by one.
import { defineConfig } from 'rolldown'

/** Dependencies stay what they are: packages of their own. */
const isPackage = (id) => /^[a-z@]/.test(id)
const common = {
  external: isPackage,
  platform: 'node',
  logLevel: 'warn',
  resolve: { extensionAlias: { '.js': ['.ts'] } },
  tsconfig: true,
}
const output = { format: 'esm', sourcemap: true, comments: { legal: true, annotation: true, jsdoc: false } }

export default defineConfig([
  // As deep as the modules it is made of: they find `workers` by a path relative to their own.
  { ...common, input: 'src/index.ts', output: { ...output, file: 'dist/src/bundle/index.js' } },
  { ...common, input: 'workers/entry.ts', output: { ...output, file: 'dist/workers/entry.js' } },
])
