import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folders of the packages that offmain depends on, wherever its installer has put them. */
export function ownPackages(): string[] {
  const { dependencies } = createRequire(import.meta.url)('offmain/package.json') as {
    readonly dependencies: Readonly<Record<string, string>>
  }
  return Object.keys(dependencies).map((name) => packageFolder(name, fileURLToPath(import.meta.resolve(name))))
}

/** Up from the module to the folder whose `package.json` bears the name: `exports` may not let it be asked for. */
function packageFolder(name: string, module: string): string {
  for (let folder = dirname(module); ; folder = dirname(folder)) {
    if (nameIn(join(folder, 'package.json')) === name) return folder
    if (folder === dirname(folder)) throw new Error(`The package ${name} is not found around ${module}`)
  }
}

function nameIn(packageJson: string): string | undefined {
  try {
    return (JSON.parse(readFileSync(packageJson, 'utf8')) as { name?: string }).name
  } catch {
    return undefined
  }
}
