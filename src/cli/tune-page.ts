export function tunePage(_: unknown): string {
  return ''
}
