import pc from 'picocolors'
import { oneLine } from './outcome-line.js'
import { textTable } from './text-table.js'
import { formatDuration, formatRate } from './tune-quantity.js'
import type { TuneReport } from './tune-report.js'
import { SIZE_COLUMNS, sizeCells } from './tune-size-table.js'

/** What `offmain tune` prints. */
export function tuneText(report: TuneReport): string {
  return [headText(report), sizesText(report), recommendationText(report)].join('\n\n')
}

function headText({ task, module, parameters, inline, hop, machine, seconds }: TuneReport): string {
  const various = parameters.count > 1 ? `, ${parameters.count.toLocaleString('en')} parameters by turns` : ''
  const cut = parameters.truncated ? ' (the input has more lines; the first are enough)' : ''
  return [
    `${pc.bold(oneLine(task))} of ${oneLine(module)}${various}${cut}`,
    `${machine.cores} ${machine.cores === 1 ? 'core' : 'cores'}, ${machine.cpu}, Node.js ${machine.node}, ${seconds} s for each pool size`,
    '',
    `inline  ${formatDuration(inline.p50)} a call, p99 ${formatDuration(inline.p99)}, ${formatRate(inline.throughput)} on the main thread`,
    `hop     ${formatDuration(hop.cost)} to a thread and back, beside the run; one call in flight takes ${formatDuration(hop.latency.p50)}`,
  ].join('\n')
}

function sizesText({ sizes, recommendation }: TuneReport): string {
  const rows = sizes.map((size) => {
    const cells = sizeCells(size)
    return size.threads === recommendation.threads ? cells.map((cell) => pc.green(cell)) : cells
  })
  return textTable(
    [SIZE_COLUMNS, ...rows],
    SIZE_COLUMNS.map(() => 'right'),
  )
}

function recommendationText({ recommendation }: TuneReport): string {
  const { threads, reason, notes, set } = recommendation
  const headline =
    threads === null ? 'Recommended: no threads' : `Recommended: ${threads} ${threads === 1 ? 'thread' : 'threads'}`
  const how = set === null ? [] : ['', `  ${set.option}`, `  ${set.environment}`]
  return [pc.bold(headline), reason, ...notes.map(oneLine), ...how].join('\n')
}
