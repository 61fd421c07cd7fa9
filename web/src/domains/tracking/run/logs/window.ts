// A browser cannot scroll higher than some ten million pixels. Longer logs are scrolled by share: the top line of the
// view is a share of the lines as the scroll position is a share of the way.

export const ROW = 18
const HIGHEST = 8_000_000

/** Height of the content, at most what browsers can do. */
export function heightOf(rows: number): number {
  return Math.min(rows * ROW, HIGHEST)
}

/** The first row of the view (with its fraction) at a scroll position. */
export function rowAt(top: number, rows: number, view: number): number {
  const height = heightOf(rows)
  if (rows * ROW <= HIGHEST || height <= view) return top / ROW
  return (Math.min(top, height - view) / (height - view)) * Math.max(0, rows - view / ROW)
}

/** The scroll position that brings a row to the top of the view. */
export function topOf(row: number, rows: number, view: number): number {
  const height = heightOf(rows)
  if (rows * ROW <= HIGHEST || height <= view) return row * ROW
  return (row / Math.max(1, rows - view / ROW)) * (height - view)
}
