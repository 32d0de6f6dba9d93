import { stripVTControlCharacters } from 'node:util'

/** Columns of text, two spaces apart; colours take no room. */
export function textTable(rows: readonly (readonly string[])[], align: readonly ('left' | 'right')[]): string {
  const widths = align.map((_, column) => Math.max(...rows.map((row) => widthOf(row[column] ?? ''))))
  const lines = rows.map((row) =>
    align.map((side, column) => {
      const cell = row[column] ?? ''
      const room = ' '.repeat((widths[column] ?? 0) - widthOf(cell))
      return side === 'left' ? cell + room : room + cell
    }),
  )
  return lines.map((cells) => cells.join('  ').trimEnd()).join('\n')
}

function widthOf(cell: string): number {
  return stripVTControlCharacters(cell).length
}
