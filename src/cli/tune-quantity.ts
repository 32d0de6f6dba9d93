/** Three figures in the unit that fits: `850 ns`, `5.21 µs`, `12.3 ms`, `1.50 s`. */
export function formatDuration(ms: number): string {
  if (ms === 0) return '0 ms'
  if (ms < 0.000_999_5) return `${figures(ms * 1e6)} ns`
  if (ms < 0.999_5) return `${figures(ms * 1e3)} µs`
  return ms < 999.5 ? `${figures(ms)} ms` : `${figures(ms / 1e3)} s`
}

/** Three figures, thousands set apart: `191,000/s`, `88.4/s`. */
export function formatRate(perSecond: number): string {
  return `${perSecond.toLocaleString('en', { maximumSignificantDigits: 3 })}/s`
}

/** `1.90 ×`. */
export function formatRatio(ratio: number): string {
  return `${figures(ratio)} ×`
}

/** Four figures: what a measurement is worth, also one of microseconds told in ms. */
export function precise(value: number): number {
  return Number(value.toPrecision(4))
}

function figures(value: number): string {
  if (value >= 99.95) return value.toFixed(0)
  return value >= 9.995 ? value.toFixed(1) : value.toFixed(2)
}
