import type { PlotData } from './tune-page-script.js'
import { formatDuration, formatRate } from './tune-quantity.js'
import type { SizeReport, TuneReport } from './tune-report.js'

/** A plot of the page, with what it shows in words. */
export type Plot = PlotData['plots'][number] & {
  readonly title: string
  readonly about: string
  readonly inWords: string
}

/** All that is plotted over the pool sizes. */
export function plotsOf({ sizes, inline }: TuneReport): Plot[] {
  const over = (value: (size: SizeReport) => number): number[] => sizes.map(value)
  const inWords = (what: string, tell: (size: SizeReport) => string): string =>
    `${what} by threads: ${sizes.map((size) => `${size.threads}: ${tell(size)}`).join('; ')}.`
  return [
    {
      id: 'throughput',
      title: 'Throughput',
      about: 'Completed calls per second, by the number of threads; higher is better.',
      unit: 'calls/s',
      series: [
        { label: 'on threads', color: 'first', values: over(({ throughput }) => throughput) },
        { label: 'inline', color: 'third', dashed: true, values: over(() => inline.throughput) },
      ],
      inWords: `${inWords('Calls per second', ({ throughput }) => formatRate(throughput))} Inline: ${formatRate(inline.throughput)}.`,
    },
    {
      id: 'latency',
      title: 'Latency',
      about: 'From the start of a call to its end, the others in flight included, ms.',
      unit: 'ms',
      series: [
        { label: 'p50', color: 'first', values: over(({ latency }) => latency.p50) },
        { label: 'p99', color: 'second', values: over(({ latency }) => latency.p99) },
      ],
      inWords: inWords(
        'Latency',
        ({ latency }) => `p50 ${formatDuration(latency.p50)}, p99 ${formatDuration(latency.p99)}`,
      ),
    },
    {
      id: 'delay',
      title: 'Main-thread delay',
      about: 'How late the event loop was meanwhile, p99, ms; lower is better.',
      unit: 'ms',
      series: [{ label: 'p99', color: 'second', values: over(({ mainThreadDelay }) => mainThreadDelay) }],
      inWords: inWords('Main-thread delay, p99,', ({ mainThreadDelay }) => formatDuration(mainThreadDelay)),
    },
  ]
}
