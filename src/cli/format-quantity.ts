/** Three figures at most: `0.042 ms`, `1.23 ms`, `12.3 ms`, `1234 ms`. */
export function formatMs(ms: number): string {
  return `${figures(ms)} ms`
}

export function formatSeconds(ms: number): string {
  return `${figures(ms / 1_000)} s`
}

/** Decimal units, as disks and networks are counted. */
export function formatBytes(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`
  const units = ['kB', 'MB', 'GB', 'TB']
  let value = bytes
  let unit = 'B'
  while (value >= 1_000 && units.length > 0) {
    value /= 1_000
    unit = units.shift() ?? unit
  }
  return `${figures(value)} ${unit}`
}

/** Three places: what the clock is worth in a line of JSON. */
export function rounded(value: number): number {
  return Math.round(value * 1_000) / 1_000
}

function figures(value: number): string {
  if (value >= 100 || value === 0) return value.toFixed(0)
  if (value >= 10) return value.toFixed(1)
  return value >= 1 ? value.toFixed(2) : value.toFixed(3)
}
