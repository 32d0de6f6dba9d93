import { expect, it } from 'vitest'
import { runScript } from './script.js'

// Without waiting, an exit that meets `offmain.hold` never ends, wherever it does.
it.each([
  ['offmain.look', 0],
  ['offmain.look', 100],
  ['offmain.hold', 0],
  ['offmain.hold', 200],
  ['offmain.hold', 1_000],
])('process.exit ends the process while a thread is asked for %s, %d µs after that', async (expression, afterUs) => {
  const { code, signal } = await runScript('exit-while-stopping.mjs', [expression, String(afterUs)])
  expect({ code, signal }).toEqual({ code: 7, signal: null })
})
