import { deadline } from './deadline.mjs'

/**
 * Measures all contestants round by round, A B C then B C A then C A B, so that whatever else the machine does hits all
 * alike. One that fails takes no further part, and its row says why.
 *
 * @param {readonly { name: string, note?: string }[]} contestants
 * @param {number} rounds
 * @param {(contestant: any, round: number) => Promise<Record<string, number | number[]>>} measure
 * @returns a row each, with every round's figures
 */
export async function takeTurns(contestants, rounds, measure) {
  /** @type {import('./tables.mjs').Row[]} */
  const rows = contestants.map(({ name, note }) => ({ contestant: name, note, samples: {} }))
  for (let round = 0; round < rounds; round++) {
    for (let place = 0; place < contestants.length; place++) {
      const index = (place + round) % contestants.length
      const row = rows[index]
      if (row.failed !== undefined) continue
      try {
        const figures = await deadline(measure(contestants[index], round), MAX_ROUND_MS, 'a round')
        for (const [key, figure] of Object.entries(figures)) {
          row.samples[key] = (row.samples[key] ?? []).concat(figure)
        }
      } catch (error) {
        row.failed = (error instanceof Error ? error.message : String(error)).replaceAll(/\s+/g, ' ').slice(0, 200)
      }
    }
  }
  return rows
}

/** A row for one that cannot do it: said, not left out. */
export function cannot(contestant, note) {
  return { contestant, note, samples: {} }
}

export function quantile(sorted, at) {
  return sorted[Math.min(sorted.length - 1, Math.floor(at * sorted.length))]
}

/** The figure of a metric for a row, and half the distance between its quartiles as part of it. */
export function summarize(samples, metric) {
  const values = samples[metric.of ?? metric.key]
  if (values === undefined || values.length === 0) return undefined
  const sorted = [...values].sort((a, b) => a - b)
  const middle = (quantile(sorted, 0.5) + quantile(sorted, (sorted.length - 1) / 2 / sorted.length)) / 2
  const value = metric.quantile === undefined ? middle : quantile(sorted, metric.quantile)
  const spread =
    metric.quantile === undefined && sorted.length > 2 && middle !== 0
      ? (quantile(sorted, 0.75) - quantile(sorted, 0.25)) / 2 / middle
      : undefined
  return { value, spread, count: sorted.length }
}

const MAX_ROUND_MS = 60_000
