import { BarChart } from 'echarts/charts'
import { GridComponent, TitleComponent } from 'echarts/components'
import { init, use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import { OFFMAIN } from '../contestants/index.mjs'
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
      { text: `${bench}: ${question}`, left: 16, top: 10, textStyle: { fontSize: 16, color: INK } },
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
      value: figures[key]?.value ?? 0,
      label: figures[key] === undefined ? 'cannot' : formatNumber(figures[key].value),
      itemStyle: { color: contestant.startsWith(OFFMAIN) ? '#1f77b4' : '#b8c4ce' },
    })),
  }
}

const WIDTH = 1_000
const COLUMNS = 2
const TOP = 60
const PANEL_HEIGHT = 230
const GAP = 24
const LABELS = 140
const INK = '#24292f'
