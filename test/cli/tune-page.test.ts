import { describe, expect, it } from 'vitest'
import { codeForScript, Html, html, jsonForScript } from '../../src/cli/tune-html.js'
import { tunePage } from '../../src/cli/tune-page.js'
import { sampleReport } from './tune-report-sample.js'

describe('the page', () => {
  it('refers to nothing outside itself, and forbids itself to', () => {
    const page = tunePage(sampleReport())
    expect(page).not.toMatch(/https?:\/\//)
    expect(page).not.toMatch(/<(?:script|img|iframe)[^>]+src=|@import|url\(/)
    expect([...page.matchAll(/<link[^>]+href="([^"]*)"/g)].map(([, href]) => href)).toEqual(['data:,'])
    expect(page).toContain(`content="default-src 'none';`)
  })

  it('tells the recommendation, every size and the conditions', () => {
    const page = tunePage(sampleReport())
    expect(page).toContain('Recommended: 2 threads')
    expect(page).toContain('<code>new TaskRuntime({ threads: 2 })</code>')
    expect(page).toContain('<code>OFFMAIN_THREADS=2</code>')
    expect(page.match(/<th scope="row">/g)).toHaveLength(3)
    expect(page).toContain(
      'offmain tune statements.tasks.js BuildStatement --parameters &#39;{&#34;year&#34;:2026}&#39;',
    )
    expect(page).toContain(process.version)
  })

  it('has every plot in words', () => {
    const page = tunePage(sampleReport())
    expect(page.match(/role="img" aria-label="[^"]+"/g)).toHaveLength(3)
    expect(page).toContain('aria-label="Calls per second by threads: 1: 99/s; 2: 190/s; 4: 188/s. Inline: 100/s."')
  })

  it('says that calls failed', () => {
    expect(tunePage(sampleReport('Build', 'a.js', 2))).toContain('6 calls did not complete.')
    expect(tunePage(sampleReport())).not.toContain('did not complete')
  })

  it('escapes what the user has named', () => {
    const page = tunePage(sampleReport('</title><script>alert(1)</script>', `"><b onclick='x'>.js`))
    expect(page).not.toContain('<script>alert')
    expect(page).not.toContain('<b ')
    expect(page.match(/<script/g)).toHaveLength(1)
  })

  it('carries the licence of the plotting library', () => {
    expect(tunePage(sampleReport())).toContain('Copyright (c) 2022 Leon Sorokin')
  })
})

describe('html', () => {
  it('escapes texts, and leaves pieces and lists of pieces as they are', () => {
    const piece = html`<b>${`<"&'>`}</b>`
    expect(piece.text).toBe('<b>&#60;&#34;&#38;&#39;&#62;</b>')
    expect(html`${[piece, new Html('<i>')]}${2}`.text).toBe(`${piece}<i>2`)
  })

  it('lets no value end a script', () => {
    expect(jsonForScript({ a: '</script>' }).text).toBe('{"a":"\\u003c/script>"}')
    expect(codeForScript(`'</SCRIPT>' + '<!--'`).text).toBe(`'\\x3c/SCRIPT>' + '\\x3c!--'`)
  })
})
