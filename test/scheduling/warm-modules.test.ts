import { expect, it } from 'vitest'
import { WarmModules } from '../../src/scheduling/warm-modules.js'

it('keeps the modules that were used last, each once', () => {
  const modules = new WarmModules()
  for (const url of ['a', 'b', 'a', 'a', 'c']) modules.note(url)
  expect(modules.urls).toEqual(['b', 'a', 'c'])
})

it('keeps no more than 16', () => {
  const modules = new WarmModules()
  for (let i = 0; i < 40; i++) modules.note(`module ${i}`)
  expect(modules.urls).toEqual(Array.from({ length: 16 }, (_, i) => `module ${24 + i}`))
})
