import type uPlot from 'uplot'

/** What the page's script is given, by way of JSON. */
export interface PlotData {
  readonly sizes: readonly number[]
  readonly recommended: number | null
  readonly plots: readonly {
    /** Of the element that takes it. */
    readonly id: string
    readonly unit: string
    readonly series: readonly PlotSeries[]
  }[]
}

export interface PlotSeries {
  readonly label: string
  readonly color: 'first' | 'second' | 'third'
  readonly dashed?: boolean
  /** One for each size. */
  readonly values: readonly number[]
}

/** As much of the browser's window as the plots need. */
export interface PlotWindow {
  readonly uPlot: new (options: uPlot.Options, data: uPlot.AlignedData, element: PlotElement) => uPlot
  readonly document: { readonly documentElement: PlotElement; getElementById(id: string): PlotElement }
  readonly ResizeObserver: new (onResize: () => void) => { observe(element: PlotElement): void }
  getComputedStyle(element: PlotElement): { getPropertyValue(name: string): string }
  matchMedia(query: string): { addEventListener(event: 'change', listener: () => void): void }
}

interface PlotElement {
  readonly clientWidth: number
}

/**
 * Draws the plots. It runs in the page, where its text is put, so it can use nothing but its arguments.
 *
 * The recommended size is marked by a vertical line.
 */
export function drawPlots(window: PlotWindow, { sizes, recommended, plots }: PlotData): void {
  const { document } = window
  const height = 260
  const font = '12px system-ui, sans-serif'
  const short = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 })
  const exact = new Intl.NumberFormat('en', { maximumSignificantDigits: 4 })
  const color = (name: string): string =>
    window.getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim()

  const markRecommended = (plot: uPlot): void => {
    if (recommended === null) return
    const { ctx, bbox } = plot
    const ratio = bbox.width / plot.over.clientWidth
    const x = plot.valToPos(recommended, 'x', true)
    ctx.save()
    ctx.strokeStyle = color('good')
    ctx.fillStyle = color('good')
    ctx.lineWidth = 2 * ratio
    ctx.setLineDash([5 * ratio, 4 * ratio])
    ctx.beginPath()
    ctx.moveTo(x, bbox.top)
    ctx.lineTo(x, bbox.top + bbox.height)
    ctx.stroke()
    ctx.font = `${12 * ratio}px system-ui, sans-serif`
    const isRight = x > bbox.left + bbox.width / 2
    ctx.textAlign = isRight ? 'right' : 'left'
    ctx.textBaseline = 'bottom'
    ctx.fillText('recommended', x + (isRight ? -6 : 6) * ratio, bbox.top - 4 * ratio)
    ctx.restore()
  }

  const axis = (values: (ticks: number[]) => string[]): uPlot.Axis => ({
    font,
    stroke: color('soft'),
    grid: { stroke: color('grid'), width: 1 },
    ticks: { show: false },
    values: (_, ticks) => values(ticks),
  })

  const optionsOf = ({ unit, series }: PlotData['plots'][number], width: number): uPlot.Options => ({
    width,
    height,
    padding: [24, 16, 0, 0],
    legend: { markers: { fill: (_: uPlot, index: number) => color(series[index - 1]?.color ?? 'soft') } },
    cursor: { drag: { x: false, y: false }, y: false },
    scales: {
      x: { time: false, distr: 3, log: 2, range: (_, least, most) => [least / 1.2, most * 1.2] },
      y: { range: (_, __, most) => [0, most > 0 ? most * 1.1 : 1] },
    },
    axes: [
      {
        ...axis((ticks) => ticks.map(String)),
        splits: () => [...sizes],
        label: 'threads',
        labelFont: font,
        labelSize: 18,
        size: 28,
      },
      { ...axis((ticks) => ticks.map((tick) => short.format(tick))), size: 56 },
    ],
    series: [
      { label: 'threads', value: (_, size) => (size === null ? '' : String(size)) },
      ...series.map(
        (one): uPlot.Series => ({
          label: one.label,
          stroke: color(one.color),
          width: 2,
          points: { show: one.dashed !== true, size: 8, fill: color(one.color) },
          ...(one.dashed === true && { dash: [6, 5] }),
          value: (_, value) => (value === null ? '' : `${exact.format(value)} ${unit}`),
        }),
      ),
    ],
    hooks: { draw: [markRecommended] },
  })

  /** The function returned draws it again, in the colours of the moment. */
  const draw = (given: PlotData['plots'][number]): (() => void) => {
    const element = document.getElementById(given.id)
    const data: uPlot.AlignedData = [[...sizes], ...given.series.map(({ values }) => [...values])]
    let plot = new window.uPlot(optionsOf(given, element.clientWidth), data, element)
    new window.ResizeObserver(() => plot.setSize({ width: element.clientWidth, height })).observe(element)
    return () => {
      plot.destroy()
      plot = new window.uPlot(optionsOf(given, element.clientWidth), data, element)
    }
  }

  const redraws = plots.map(draw)
  window.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
    for (const redraw of redraws) redraw()
  })
}
