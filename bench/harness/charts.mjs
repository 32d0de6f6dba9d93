import { BarChart } from 'echarts/charts'
import { GridComponent, TitleComponent } from 'echarts/components'
import { init, use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import { INLINE, OFFMAIN } from '../contestants/index.mjs'
import { formatNumber } from './print.mjs'

use([BarChart, GridComponent, TitleComponent, SVGRenderer])

/** The first metric of each case as bars, one panel a case; offmain stands out. */
export function drawChart({ bench, question, tables }) {
  const panels = tables.map((table, index) => panel(table, index % COLUMNS, Math.floor(index / COLUMNS)))
  const height = TOP + Math.ceil(tables.length / COLUMNS) * (PANEL_HEIGHT + GAP)
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height })
  chart.setOption({
    animation: false,
    backgroundColor: '#ffffff',
    title: [
      {
        text: bench,
        subtext: question,
        left: 16,
        top: 10,
        textStyle: { fontSize: 18, color: INK },
        subtextStyle: { color: INK, width: WIDTH - 32, overflow: 'break' },
      },
      ...panels.map(({ title }) => title),
    ],
    grid: panels.map(({ grid }) => grid),
    xAxis: panels.map((_, gridIndex) => ({ gridIndex, type: 'value', show: false, min: 0 })),
    yAxis: panels.map(({ names }, gridIndex) => ({
      gridIndex,
      type: 'category',
      data: names,
      inverse: true,
      axisTick: { show: false },
      axisLine: { show: false },
      axisLabel: { color: INK },
    })),
    series: panels.map(({ bars }, index) => ({
      type: 'bar',
      xAxisIndex: index,
      yAxisIndex: index,
      data: bars,
      barWidth: '70%',
      label: { show: true, position: 'right', color: INK, formatter: ({ data }) => data.label },
    })),
  })
  const svg = chart.renderToSVGString()
  chart.dispose()
  return svg
}

function panel({ case: name, metrics, rows }, column, line) {
  const { key, label, unit, better } = metrics[0]
  const left = 16 + column * (WIDTH / COLUMNS)
  const top = TOP + line * (PANEL_HEIGHT + GAP)
  // What hops to no thread is often so far ahead that the others would be too small to see: its bar ends with the chart.
  const most = Math.max(...rows.map((row) => (row.contestant === INLINE ? 0 : (row.figures[key]?.value ?? 0))))
  return {
    title: {
      text: name,
      subtext: `${label}${unit === '' ? '' : `, ${unit}`}: ${better} is better`,
      left,
      top: top - 8,
      itemGap: 4,
      textStyle: { fontSize: 13, color: INK },
    },
    grid: { left: left + LABELS, top: top + 36, width: WIDTH / COLUMNS - LABELS - 110, height: PANEL_HEIGHT - 40 },
    names: rows.map(({ contestant }) => contestant),
    bars: rows.map(({ contestant, figures }) => ({
      value: Math.min(figures[key]?.value ?? 0, most),
      label: `${formatNumber(figures[key]?.value)}${figures[key]?.value > most ? ' …' : ''}`,
      itemStyle: { color: contestant.startsWith(OFFMAIN) ? '#1f77b4' : '#b8c4ce' },
    })),
  }
}

const WIDTH = 1_000
const COLUMNS = 2
const TOP = 90
const PANEL_HEIGHT = 230
const GAP = 24
const LABELS = 140
const INK = '#24292f'
