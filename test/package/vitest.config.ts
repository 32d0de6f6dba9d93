import { defineConfig } from 'vitest/config'

// Apart from `npm test`: these tests take their time, and ask the npm registry.
export default defineConfig({
  test: {
    root: new URL('../../', import.meta.url).pathname,
    include: ['test/package/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 300_000,
    pool: 'forks',
  },
})
