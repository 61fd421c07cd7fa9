// From rows to axes and points, and from brushes to conditions of the filter. Pure.
import type { ParallelAxis } from "~/charts/parallelModel"
import { ready, type Brushes } from "~/charts/parallelModel"
import type { ScatterPoint } from "~/charts/Scatter"
import { fieldFor, labelOf } from "../runs/columns"
import type { Clause } from "../runs/filter_text"
import type { RunRows, Value } from "../runs/rows"

const HOUR = 3_600_000

/** The value of a row in a column; the last value of a metric by either of its names. */
export function valueOf(rows: RunRows, column: string, row: number): Value {
  return rows.value(column, row) ?? (column.endsWith(".last") ? rows.value(column.slice(0, -5), row) : null)
}

/** Whether a scale of powers shows more: all above zero, over more than two and a half decades. */
export function isLog(values: readonly Value[]): boolean {
  let low = Infinity
  let high = -Infinity
  for (const value of values) {
    if (typeof value === "string") return false
    if (value === null || !Number.isFinite(value)) continue
    if (value <= 0) return false
    if (value < low) low = value
    if (value > high) high = value
  }
  return low > 0 && high / low > 300
}

export function axisOf(rows: RunRows, column: string, flip = false): ParallelAxis {
  const first = column === "start_ms" || column === "end_ms" ? firstOf(rows, column) : 0
  const scale = column === "start_ms" || column === "end_ms" ? HOUR : column === "duration" ? 60_000 : 1
  const values = rows.ids.map((_, row): Value => {
    const value = valueOf(rows, column, row)
    return typeof value === "number" && scale !== 1 ? (value - first) / scale : value
  })
  return { key: column, label: axisLabel(column), values, ...(isLog(values) ? { log: true } : {}), ...(flip ? { flip } : {}) }
}

export function axisLabel(column: string): string {
  if (column === "start_ms") return "Started (h after the first)"
  if (column === "end_ms") return "Ended (h after the first)"
  if (column === "duration") return "Duration (min)"
  return labelOf(column)
}

function firstOf(rows: RunRows, column: string): number {
  let first = Infinity
  for (let row = 0; row < rows.count; row++) {
    const value = rows.value(column, row)
    if (typeof value === "number" && value < first) first = value
  }
  return first === Infinity ? 0 : first
}

/** One point a run that has both numbers; texts of a colour are left to the run's own colour. */
export function pointsOf(rows: RunRows, x: ParallelAxis, y: ParallelAxis, colour: ParallelAxis | null, kept: ReadonlySet<string> | null): ScatterPoint[] {
  const points: ScatterPoint[] = []
  rows.ids.forEach((id, row) => {
    if (kept && !kept.has(id)) return
    const [a, b, c] = [x.values[row], y.values[row], colour?.values[row]]
    if (typeof a !== "number" || typeof b !== "number") return
    points.push({ id, x: a, y: b, ...(typeof c === "number" ? { color: c } : {}) })
  })
  return points
}

/** What brushes say, as conditions of a filter: numbers between, texts one of. */
export function clausesOf(axes: readonly ParallelAxis[], rows: RunRows, brushes: Brushes): Clause[] {
  return axes.flatMap((axis): Clause[] => {
    const brush = brushes[axis.key]
    if (!brush) return []
    const { shares, categories } = ready(axis)
    const inside: Value[] = []
    shares.forEach((share, row) => { if (share >= brush[0] - 1e-9 && share <= brush[1] + 1e-9) inside.push(valueOf(rows, axis.key, row)) })
    const field = fieldFor(axis.key)
    if (categories) {
      const values = [...new Set(inside.filter((value) => value !== null).map(String))].sort()
      return values.length > 0 ? [{ field, comparator: "IN", values, quoted: values.map(() => true) }] : []
    }
    const numbers = inside.filter((value): value is number => typeof value === "number" && Number.isFinite(value))
    if (numbers.length === 0) return []
    const low = numbers.reduce((a, b) => Math.min(a, b))
    const high = numbers.reduce((a, b) => Math.max(a, b))
    return [{ field, comparator: "BETWEEN", values: [String(low), String(high)], quoted: [false, false] }]
  })
}
