import { pathToFileURL } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fixtures, offmain } from '../cli/offmain-process.js'
import { TemporaryFolder } from '../cli/temporary-folder.js'
import { launchChromium } from './chromium.js'

const tasks = `${fixtures}tune.tasks.mjs`

const folder = new TemporaryFolder()
const report = folder.file('report.html')
let browser: Browser

beforeAll(async () => {
  browser = await launchChromium()
  const work = ['tune', tasks, 'Work', '--parameters', '{"ms":5}', '--seconds', '0.1', '--html', report]
  const { code, stderr } = await offmain(work)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
})

afterAll(async () => {
  await browser?.close()
  folder[Symbol.dispose]()
})

interface OpenPage extends AsyncDisposable {
  readonly page: Page
  /** Messages on the console, errors, and requests beyond the page itself. */
  readonly complaints: readonly string[]
}

async function open(file: string, colorScheme: 'light' | 'dark', width = 1100): Promise<OpenPage> {
  const page = await browser.newPage({ colorScheme, viewport: { width, height: 800 } })
  const complaints: string[] = []
  const url = pathToFileURL(file).href
  page.on('console', (message) => complaints.push(`console: ${message.text()}`))
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`))
  page.on('request', (request) => {
    if (request.url() !== url && request.url() !== 'data:,') complaints.push(`request: ${request.url()}`)
  })
  await page.goto(url)
  await page.waitForSelector('#delay canvas')
  return { page, complaints, [Symbol.asyncDispose]: () => page.close() }
}

interface Canvas {
  readonly width: number
  readonly height: number
  /** Not transparent. */
  readonly pixels: number
  /** Of the opaque ones. */
  readonly colors: number
}

// In the page, as text: the test's own types know no browser.
const READ = `const read = (canvas) => {
  const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d', { willReadFrequently: true })
  copy.drawImage(canvas, 0, 0)
  return copy.getImageData(0, 0, canvas.width, canvas.height).data
}`

const CANVASES = `(() => {
  ${READ}
  return [...document.querySelectorAll('canvas')].map((canvas) => {
    const data = read(canvas)
    const opaque = new Set()
    let pixels = 0
    for (let at = 0; at < data.length; at += 4) {
      if (data[at + 3] > 0) pixels++
      if (data[at + 3] === 255) opaque.add(data.slice(at, at + 3).join())
    }
    return { width: canvas.clientWidth, height: canvas.clientHeight, pixels, colors: opaque.size }
  })
})()`

/** Those of the throughput, in the colour that its line has at the moment. */
const LINE_PIXELS = `(() => {
  ${READ}
  const paint = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true })
  paint.fillStyle = getComputedStyle(document.documentElement).getPropertyValue('--first').trim()
  paint.fillRect(0, 0, 1, 1)
  const [red, green, blue] = paint.getImageData(0, 0, 1, 1).data
  const data = read(document.querySelector('#throughput canvas'))
  let found = 0
  for (let at = 0; at < data.length; at += 4) {
    if (data[at] === red && data[at + 1] === green && data[at + 2] === blue) found++
  }
  return found
})()`

describe('the page of offmain tune', () => {
  it.each(['light', 'dark'] as const)('draws its plots, %s, and complains of nothing', async (colorScheme) => {
    await using opened = await open(report, colorScheme)
    const canvases = await opened.page.evaluate<Canvas[]>(CANVASES)
    expect(canvases).toHaveLength(3)
    for (const { width, height, pixels, colors } of canvases) {
      expect(width).toBeGreaterThan(300)
      expect(height).toBeGreaterThan(200)
      expect(pixels).toBeGreaterThan(1_000)
      expect(colors).toBeGreaterThan(2)
    }
    expect(await opened.page.evaluate<number>(LINE_PIXELS)).toBeGreaterThan(200)
    expect(opened.complaints).toEqual([])
  })

  it('shows the recommendation at once, without scrolling', async () => {
    await using opened = await open(report, 'light')
    const heading = opened.page.getByRole('heading', { name: /^Recommended: \d+ threads?$/ })
    expect(await heading.isVisible()).toBe(true)
    const option = opened.page.getByText(/^new TaskRuntime\(\{ threads: \d+ \}\)$/)
    const box = await option.boundingBox()
    expect(box?.y).toBeLessThan(500)
  })

  it('follows the colour scheme when it changes', async () => {
    await using opened = await open(report, 'light')
    const background = 'getComputedStyle(document.body).backgroundColor'
    const light = await opened.page.evaluate<string>(background)
    await opened.page.emulateMedia({ colorScheme: 'dark' })
    expect(await opened.page.evaluate<string>(background)).not.toBe(light)
    await expect.poll(() => opened.page.evaluate<number>(LINE_PIXELS)).toBeGreaterThan(200)
    expect(await opened.page.evaluate<number>(`document.querySelectorAll('canvas').length`)).toBe(3)
  })

  it('fits a narrow window', async () => {
    await using opened = await open(report, 'light', 1100)
    await opened.page.setViewportSize({ width: 380, height: 700 })
    const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth'
    await expect.poll(() => opened.page.evaluate<number>(overflow)).toBe(0)
    await expect
      .poll(() => opened.page.evaluate<number>(`document.querySelector('canvas').clientWidth`))
      .toBeLessThan(350)
    expect(opened.complaints).toEqual([])
  })

  it('tells everything in words and a table, also without scripts', async () => {
    const page = await browser.newPage({ javaScriptEnabled: false })
    await page.goto(pathToFileURL(report).href)
    expect(await page.getByRole('img', { name: /^Calls per second by threads: 1: / }).count()).toBe(1)
    expect(await page.getByRole('img').count()).toBe(3)
    expect(await page.getByRole('rowheader').count()).toBeGreaterThanOrEqual(2)
    await page.close()
  })
})
