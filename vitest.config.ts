import { defineConfig } from 'vitest/config'

export default defineConfig({
  // Node 20 knows no `await using`.
  oxc: { target: 'node20' },
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // The tests start threads of their own.
    maxWorkers: 2,
    pool: 'forks',
    server: {
      deps: {
        external: [/\/dist\//],
      },
    },
  },
})
