import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

/**
 * A headless Chromium: Debian's, or the one that `OFFMAIN_CHROMIUM` names.
 *
 * @throws when there is none, with how to get one
 */
export async function launchChromium(): Promise<Browser> {
  const executablePath = process.env.OFFMAIN_CHROMIUM ?? '/usr/bin/chromium'
  if (!existsSync(executablePath)) {
    throw new Error(
      `There is no Chromium at ${executablePath}. Install it with \`apt-get update && apt-get install -y chromium\`, ` +
        'or set OFFMAIN_CHROMIUM to the path of a Chromium or Chrome',
    )
  }
  return await chromium.launch({ executablePath, args: [...ARGUMENTS] })
}

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]
