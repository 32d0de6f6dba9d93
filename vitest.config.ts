import { defineConfig } from 'vitest/config'

export default defineConfig({
  // Node 20 knows no `await using`.
  oxc: { target: 'node20' },
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Most tests start threads of their own, or wait for some: three at a time take a quarter less than two.
    maxWorkers: 3,
    // Each file starts its own runtimes, and nothing else is shared: no process a file.
    isolate: false,
    // Threads load the built package, which Vitest would not transform for them: so `offmain` is the build here, too.
    server: { deps: { external: [/\/dist\//] } },
  },
})
