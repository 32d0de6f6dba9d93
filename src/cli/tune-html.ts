/** A piece of a page. What is put into an `html` template is escaped, unless it is such a piece. */
export class Html {
  constructor(readonly text: string) {}

  toString(): string {
    return this.text
  }
}

export function html(
  strings: TemplateStringsArray,
  ...values: readonly (Html | readonly Html[] | string | number)[]
): Html {
  const parts = strings.map((string, index) => {
    const value = values[index]
    if (value === undefined) return string
    if (Array.isArray(value)) return string + value.join('')
    return string + (value instanceof Html ? value.text : escapeHtml(String(value)))
  })
  return new Html(parts.join(''))
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}

/** JSON inside a `script` element, which only its end tag ends. */
export function jsonForScript(value: unknown): Html {
  return new Html(JSON.stringify(value).replaceAll('<', '\\u003c'))
}

/** Code of ours, or of a package, inside a `script` element. */
export function codeForScript(code: string): Html {
  return new Html(code.replace(/<(?=\/script|!--)/gi, '\\x3c'))
}
