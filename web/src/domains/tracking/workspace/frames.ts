// Parts of a batched answer, by metric.
import type { GridLine, SeriesFrame } from "~/charts/grid"
import type { LineStyle } from "~/charts/palette"

/** The lines of one metric, on the grid of all of them. */
export function frameOf(whole: SeriesFrame, metric: string): SeriesFrame {
  const lines = counted(whole.lines.filter((line) => line.metric === metric))
  let first = Infinity
  let last = -Infinity
  for (const line of lines) {
    if (line.from > line.to) continue
    first = Math.min(first, line.from)
    last = Math.max(last, line.to)
  }
  const extent: [number, number] = first <= last ? [whole.x[first] ?? NaN, whole.x[last] ?? NaN] : [NaN, NaN]
  return { ...whole, lines, extent }
}

/** Whether the points of a metric are squeezed into a part of a grid that reaches as far as its neighbours. */
export function crowded(frame: SeriesFrame): boolean {
  let first = Infinity
  let last = -Infinity
  let squeezed = false
  for (const line of frame.lines) {
    if (line.from > line.to) continue
    first = Math.min(first, line.from)
    last = Math.max(last, line.to)
    if (!line.exact) squeezed = true
  }
  return squeezed && last - first + 1 < frame.buckets * 0.4
}

/** Lines of the frame that `keep` lets through; the same frame when that is all of them. */
export function kept(frame: SeriesFrame, keep: (key: string) => boolean): SeriesFrame {
  const lines = frame.lines.filter((line) => keep(line.key))
  return lines.length === frame.lines.length ? frame : { ...frame, lines: counted(lines) }
}

/** Charts go by the place of a line in its frame. */
function counted(lines: GridLine[]): GridLine[] {
  return lines.map((line, index) => ({ ...line, index }))
}

export type Nature = "none" | "single" | "marks" | "lines"

type Style = (key: string, line: GridLine) => LineStyle

/** What kind of picture the lines that are not hidden make. */
export function nature(frame: SeriesFrame, style: Style): Nature {
  let seen = false
  let single = true
  let finite = false
  for (const line of frame.lines) {
    if (style(line.key, line).hidden || line.from > line.to) continue
    seen = true
    if (line.points > line.runs) single = false
    if (!finite) for (let at = line.from; at <= line.to; at++) if (Number.isFinite(line.mean[at] ?? NaN)) { finite = true; break }
    if (finite && !single) return "lines"
  }
  return !seen ? "none" : !finite ? "marks" : single ? "single" : "lines"
}
