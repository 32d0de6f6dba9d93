import { OFFMAIN } from '../contestants/index.mjs'
import { summarize } from './rounds.mjs'

/**
 * @typedef {object} Metric
 * @property {string} key
 * @property {string} label
 * @property {string} unit
 * @property {string} better `more` or `less`
 * @property {string} [of] the samples it is made of, where they are not named like itself
 * @property {number} [quantile] of the samples; the median without it
 *
 * @typedef {{ contestant: string, note?: string, failed?: string, samples: Record<string, number[]> }} Row
 *
 * @typedef {object} Measured what a bench file gives for one case
 * @property {string} case
 * @property {readonly Metric[]} metrics
 * @property {readonly string[]} baselines contestants that every figure is divided by
 * @property {readonly Row[]} rows
 */

/** Samples become figures and ratios: a ratio is the contestant's median divided by the baseline's, of the same run. */
export function toTable({ case: name, metrics, baselines, rows }) {
  const figures = rows.map(({ contestant, note, failed, samples }) => ({
    contestant,
    note,
    failed,
    figures: Object.fromEntries(metrics.map((metric) => [metric.key, summarize(samples, metric)])),
  }))
  const present = baselines.filter((baseline) => figures.some(({ contestant }) => contestant === baseline))
  for (const row of figures) {
    row.ratios = Object.fromEntries(
      metrics.map(({ key }) => [
        key,
        Object.fromEntries(
          present.map((baseline) => [baseline, divide(row.figures[key], figureOf(figures, baseline, key))]),
        ),
      ]),
    )
  }
  return { case: name, metrics, baselines: present, rows: figures }
}

/** Whether the aims of a bench are met by these tables. One whose case was not measured says so. */
export function judge(aims, tables) {
  return aims.map((aim) => {
    const table = tables.find((candidate) => candidate.case === aim.case)
    const metric = table?.metrics.find(({ key }) => key === aim.metric)
    const own = table && figureOf(table.rows, OFFMAIN, aim.metric)
    const reference = own && referenceOf(aim, tables, table, metric)
    const figure = aim.against || aim.againstCase ? divide(own, reference?.figure) : own?.value
    const met =
      figure === undefined ? undefined : figure >= (aim.atLeast ?? -Infinity) && figure <= (aim.atMost ?? Infinity)
    return { ...aim, text: wordsOf(aim, metric), reference: reference?.name, figure, met }
  })
}

function referenceOf(aim, tables, table, metric) {
  if (aim.againstCase !== undefined) {
    const other = tables.find((candidate) => candidate.case === aim.againstCase)
    return { name: aim.againstCase, figure: other && figureOf(other.rows, OFFMAIN, aim.metric) }
  }
  const sign = metric.better === 'more' ? -1 : 1
  return (aim.against ?? [])
    .map((name) => ({ name, figure: figureOf(table.rows, name, aim.metric) }))
    .filter(({ figure }) => figure !== undefined)
    .sort((a, b) => sign * (a.figure.value - b.figure.value))[0]
}

function wordsOf({ case: name, metric: key, against, againstCase, atLeast, atMost }, metric) {
  const bound = atLeast === undefined ? `at most ${atMost}` : `at least ${atLeast}`
  const unit = against || againstCase ? ' ×' : ` ${metric?.unit ?? ''}`.trimEnd()
  const reference =
    againstCase ?? (against === undefined ? '' : against.length > 1 ? 'the best other pool' : against[0])
  return `${name}: ${metric?.label ?? key} ${bound}${unit}${reference === '' ? '' : ` ${reference}`}`
}

const figureOf = (rows, contestant, key) => rows.find((row) => row.contestant === contestant)?.figures[key]

function divide(figure, by) {
  return figure === undefined || by === undefined || by.value === 0 ? undefined : figure.value / by.value
}
