import { readFileSync } from 'node:fs'

/** A program that the README shows: its file, and what it is said to print. */
export interface ReadmeFile {
  readonly name: string
  readonly text: string
  readonly printed: string | undefined
}

const BLOCK = /^```(\w+)\n([\s\S]*?)^```$/gm

/**
 * The TypeScript of the README, each block by the file name in its first line; a `text` block is what the program before
 * it prints.
 */
export function readmeFiles(): readonly ReadmeFile[] {
  const files: ReadmeFile[] = []
  for (const [, language, text = ''] of readFileSync(new URL('../../README.md', import.meta.url), 'utf8').matchAll(
    BLOCK,
  )) {
    if (language === 'ts') {
      const name = /^\/\/ ([\w.-]+)\n/.exec(text)?.[1]
      if (name === undefined) throw new Error(`A block of the README has no file name in its first line:\n${text}`)
      files.push({ name, text, printed: undefined })
    } else if (language === 'text') {
      const last = files.pop()
      if (last === undefined) throw new Error(`A block of the README is printed by nothing:\n${text}`)
      files.push({ ...last, printed: text })
    }
  }
  return files
}
