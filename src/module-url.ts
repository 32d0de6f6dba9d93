import { InvalidOptionError } from './errors.js'

/** The URL of a module that threads can import. @throws InvalidOptionError that names the option */
export function moduleUrl(option: string, url: unknown): string {
  const href = url instanceof URL ? url.href : url
  if (typeof href === 'string' && URL.canParse(href) && /^(file|data|node):/.test(href)) return href
  throw new InvalidOptionError(option, url, "a file: URL, such as new URL('./my.tasks.js', import.meta.url)")
}
