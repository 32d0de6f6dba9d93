/** What a bench has measured, as text: a table for each case, and below them the aims. */
export function printResult({ bench, question, tables, aims, seconds = undefined }) {
  const lines = ['', `${bench}: ${question}${seconds === undefined ? '' : ` (${Math.round(seconds)} s)`}`]
  for (const table of tables) lines.push('', `  ${table.case}`, ...indent(tableLines(table)))
  if (aims.length > 0) lines.push('', ...indent(aimLines(aims)))
  return lines.join('\n')
}

export function printMachine({ date, cpu, cores, memoryGiB, platform, node, threads, versions }, quick) {
  const packages = Object.entries(versions).map(([name, version]) => `${name} ${version}`)
  const lines = [
    `${cpu}, ${cores} cores, ${memoryGiB} GiB, ${platform}, Node ${node}, ${date}`,
    packages.join(', '),
    `${threads} threads each, unless a table says otherwise; medians of several rounds, contestants taking turns`,
  ]
  if (quick) lines.push('quick: a smoke run; its figures are too few to go by')
  return lines.join('\n')
}

function tableLines({ metrics, baselines, rows }) {
  const head = ['']
  for (const { label, unit, better } of metrics) {
    head.push(`${label}${unit === '' ? '' : `, ${unit}`} ${better === 'more' ? '↑' : '↓'}`)
    for (const baseline of baselines) head.push(`× ${baseline}`)
  }
  head.push('')
  const body = rows.map(({ contestant, note, failed, figures, ratios }) => {
    const cells = [contestant]
    for (const { key } of metrics) {
      cells.push(figures[key] === undefined ? '-' : withSpread(figures[key]))
      for (const baseline of baselines) cells.push(formatNumber(ratios[key][baseline]))
    }
    cells.push(failed === undefined ? (note ?? '') : `FAILED: ${failed}`)
    return cells
  })
  return align([head, ...body])
}

function aimLines(aims) {
  return align(
    aims.map(({ text, figure, reference, against, met }) => [
      `aim  ${text}`,
      formatNumber(figure),
      met === undefined ? 'not measured' : met ? 'met' : 'missed',
      against !== undefined && against.length > 1 && reference !== undefined ? `(that is ${reference})` : '',
    ]),
  )
}

const withSpread = ({ value, spread }) =>
  spread === undefined ? formatNumber(value) : `${formatNumber(value)} ±${Math.round(spread * 100)}%`

/** Three digits that count. */
export function formatNumber(value) {
  if (value === undefined) return '-'
  const size = Math.abs(value)
  const digits =
    size === 0 || size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : Math.min(4, 2 - Math.floor(Math.log10(size)))
  const [whole, part] = value.toFixed(digits).split('.')
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ' ')
  return part === undefined ? grouped : `${grouped}.${part}`
}

/** Words to the left, figures to the right. */
function align(rows) {
  const widths = []
  for (const row of rows)
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, cell.length)
  const last = widths.length - 1
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column === 0 || column === last ? cell.padEnd(widths[column]) : cell.padStart(widths[column]),
      )
      .join('  ')
      .trimEnd(),
  )
}

const indent = (lines) => lines.map((line) => `  ${line}`)
