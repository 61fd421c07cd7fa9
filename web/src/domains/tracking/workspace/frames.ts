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

/**
 * The frame with some runs brought up to date by an answer on the same grid, of which the end may be empty. Null when the
 * grids differ, or when there may be points behind the end: then all must be asked for again.
 */
export function joined(frame: SeriesFrame, fresh: SeriesFrame, runs: ReadonlySet<string>): SeriesFrame | null {
  if (fresh.xKind !== frame.xKind || fresh.start !== frame.start || fresh.width !== frame.width) return null
  const last = Math.max(-1, ...fresh.lines.map((line) => line.to))
  if (last >= fresh.buckets - 1 || fresh.buckets < frame.buckets) return null
  const buckets = Math.max(frame.buckets, last + 1)
  const byKey = new Map(fresh.lines.map((line) => [line.key, line]))
  const lines: GridLine[] = []
  for (const line of frame.lines) {
    const now = byKey.get(line.key)
    byKey.delete(line.key)
    if (now) lines.push(resized(now, buckets))
    else if (!runs.has(line.run)) lines.push(resized(line, buckets))
  }
  for (const line of byKey.values()) lines.push(resized(line, buckets))
  return frameOf({ ...fresh, x: fresh.x.subarray(0, buckets), buckets, lines }, lines[0]?.metric ?? "")
}

function resized(line: GridLine, buckets: number): GridLine {
  if (line.mean.length === buckets) return line
  const done = new Map<Float64Array, Float64Array>()
  const fit = (values: Float64Array): Float64Array => {
    let found = done.get(values)
    if (found) return found
    if (values.length >= buckets) found = values.subarray(0, buckets)
    else {
      found = new Float64Array(buckets).fill(NaN)
      found.set(values)
    }
    done.set(values, found)
    return found
  }
  return { ...line, mean: fit(line.mean), min: fit(line.min), max: fit(line.max), last: fit(line.last), low: line.low && fit(line.low), high: line.high && fit(line.high) }
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
