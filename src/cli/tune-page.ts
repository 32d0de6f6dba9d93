import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { formatBytes } from './format-quantity.js'
import { codeForScript, Html, html, jsonForScript } from './tune-html.js'
import { type Plot, plotsOf } from './tune-page-plots.js'
import { drawPlots, type PlotData } from './tune-page-script.js'
import { PAGE_STYLE } from './tune-page-style.js'
import { formatDuration, formatRate, formatRatio } from './tune-quantity.js'
import type { TuneReport } from './tune-report.js'
import { SIZE_COLUMNS, sizeCells } from './tune-size-table.js'

/** The report as one page that needs nothing else: it asks for nothing, and is forbidden to. */
export function tunePage(report: TuneReport): string {
  const plots = plotsOf(report)
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:">
<meta name="color-scheme" content="light dark">
<title>${report.task}: offmain tune</title>
<link rel="icon" href="data:,">
<style>${new Html(readUplot('dist/uPlot.min.css'))}${new Html(PAGE_STYLE)}</style>
</head>
<body>
<main>
${head(report)}
${advice(report)}
${figures(report)}
<section class="plots" aria-label="Plots">
${plots.map(plotFigure)}
</section>
${sizeTable(report)}
${conditions(report)}
</main>
${script(report, plots)}
</body>
</html>
`.text
}

function head({ task, module, parameters }: TuneReport): Html {
  const various = parameters.count > 1 ? `, ${parameters.count.toLocaleString('en')} parameters by turns` : ''
  const cut = parameters.truncated ? ' (the first lines of the input)' : ''
  return html`<header>
<h1>${task}</h1>
<p class="soft"><code>${module}</code>${various}${cut}, measured by offmain tune</p>
</header>`
}

function advice({ recommendation, failed }: TuneReport): Html {
  const { threads, reason, notes, set } = recommendation
  const title = threads === null ? 'No threads' : threads === 1 ? '1 thread' : `${threads} threads`
  const how =
    set === null
      ? ''
      : html`
<ul><li><code>${set.option}</code></li><li><code>${set.environment}</code></li></ul>`
  const trouble =
    failed === 0
      ? ''
      : html`
<section class="card failed" aria-label="Failed calls">
<p><strong>${failed} ${failed === 1 ? 'call' : 'calls'} did not complete.</strong> The figures are of those that did.</p>
</section>`
  return html`<section class="card advice${threads === null ? ' none' : ''}" id="recommendation" aria-labelledby="recommended">
<h2 id="recommended">Recommended: ${title}</h2>
<p>${reason}</p>
${notes.map((note) => html`<p>${note}</p>\n`)}${how}
</section>${trouble}`
}

function figures({ inline, hop, sizes, recommendation }: TuneReport): Html {
  const best = sizes.find(({ threads }) => threads === recommendation.knee)
  const tile = (name: string, value: string, rest: string): Html =>
    html`<div><dt>${name}</dt><dd class="value">${value}</dd><dd class="soft">${rest}</dd></div>\n`
  const pool =
    best === undefined
      ? []
      : [
          tile(
            'Throughput',
            formatRate(best.throughput),
            `${formatRatio(best.gain)} inline, ${best.threads} ${best.threads === 1 ? 'thread' : 'threads'}`,
          ),
          tile('Main thread', formatDuration(best.mainThreadPerCall), 'for each call through the pool'),
        ]
  return html`<dl class="figures">
${tile('Inline', formatDuration(inline.p50), `p99 ${formatDuration(inline.p99)}, ${formatRate(inline.throughput)}`)}${tile('Hop', formatDuration(hop.cost), 'to a thread and back, beside the run')}${pool}</dl>`
}

function plotFigure({ id, title, about, inWords }: Plot): Html {
  return html`<figure class="card">
<figcaption><h2>${title}</h2><p class="soft">${about}</p></figcaption>
<div class="plot" id="${id}" role="img" aria-label="${inWords}"></div>
</figure>
`
}

function sizeTable({ sizes, recommendation }: TuneReport): Html {
  const rows = sizes.map((size) => {
    const [threads = '', ...cells] = sizeCells(size)
    const isChosen = size.threads === recommendation.threads
    return html`<tr${new Html(isChosen ? ' class="chosen"' : '')}><th scope="row">${isChosen ? '➜ ' : ''}${threads}</th>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>\n`
  })
  return html`<section class="card wide" aria-label="Pool sizes" tabindex="0">
<table class="sizes">
<caption>Pool sizes</caption>
<thead><tr>${SIZE_COLUMNS.map((column) => html`<th scope="col">${column}</th>`)}</tr></thead>
<tbody>
${rows}</tbody>
</table>
<noscript><p class="soft">The plots of these figures need JavaScript.</p></noscript>
</section>`
}

function conditions({ machine, date, command, seconds, sizes, inline, hop }: TuneReport): Html {
  const inFlight = sizes[0]?.inFlightPerThread ?? 0
  const facts: readonly [string, string | Html][] = [
    ['Command', html`<code>${command}</code>`],
    [
      'Machine',
      `${machine.cpu}, ${machine.cores} ${machine.cores === 1 ? 'core' : 'cores'} for this process, ${formatBytes(machine.memory)}, ${machine.platform}`,
    ],
    ['Versions', `Node.js ${machine.node}, offmain ${machine.offmain}`],
    ['Date', html`<time datetime="${date}">${date.slice(0, 16).replace('T', ' ')} UTC</time>`],
    ['Inline', `${inline.calls} calls, one after the other, on the main thread`],
    ['Hop', `${hop.calls} calls, one at a time, through one thread; what each took beside its run, the median`],
    [
      'Pool sizes',
      `${seconds} s each in two rounds, warm, in a process of its own, ${inFlight} calls in flight for each thread; the faster round counts`,
    ],
  ]
  return html`<section class="card" aria-labelledby="conditions">
<h2 id="conditions">How it was measured</h2>
<dl class="facts">
${facts.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>\n`)}</dl>
</section>`
}

function script({ sizes, recommendation }: TuneReport, plots: readonly Plot[]): Html {
  const data: PlotData = {
    sizes: sizes.map(({ threads }) => threads),
    recommended: recommendation.threads,
    plots: plots.map(({ id, unit, series }) => ({ id, unit, series })),
  }
  // The address in its head is no part of the licence, and the page refers to nothing.
  const uplot = readUplot('dist/uPlot.iife.min.js').replaceAll('https://', '')
  return html`<script>
/* uPlot. ${new Html(readUplot('LICENSE').trim())} */
${codeForScript(uplot)}
(${codeForScript(drawPlots.toString())})(window, ${jsonForScript(data)})
</script>`
}

function readUplot(file: string): string {
  return readFileSync(createRequire(import.meta.url).resolve(`uplot/${file}`), 'utf8')
}
