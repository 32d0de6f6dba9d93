import { defineConfig } from 'vitest/config'

// Apart from `npm test`: these tests need a browser.
export default defineConfig({
  oxc: { target: 'node20' },
  test: {
    root: new URL('../../', import.meta.url).pathname,
    include: ['test/browser/*.browser.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: 'forks',
    server: {
      deps: {
        external: [/\/dist\//],
      },
    },
  },
})
