// Columns of runs by their names in the API (`params.lr`, `metrics.loss.min`, `state`): labels, texts of values, fields.
import { absolute, duration, number, relative, type Zone } from "~/ui/format"
import { fieldOf } from "./filter_text"
import type { RunRows, Value } from "./rows"

export const FIXED = ["name", "state", "kind", "user", "group", "start_ms", "end_ms", "duration", "parent_id"] as const

const LABELS: Record<string, string> = {
  name: "Name", state: "State", kind: "Kind", user: "User", group: "Group", start_ms: "Started", end_ms: "Ended", duration: "Duration", parent_id: "Parent",
}
const FIELDS: Record<string, string> = { name: "run_name", start_ms: "start_time", end_ms: "end_time" }
export const STATS = ["last", "min", "max", "mean", "best", "count", "step"] as const
export type Stat = (typeof STATS)[number]

/** The metric of a column and which of its numbers; null for other columns. */
export function metricOf(column: string): { key: string; stat: Stat } | null {
  if (!column.startsWith("metrics.")) return null
  const rest = column.slice(8)
  const dot = rest.lastIndexOf(".")
  const stat = STATS.find((each) => each === rest.slice(dot + 1))
  return dot > 0 && stat ? { key: rest.slice(0, dot), stat } : { key: rest, stat: "last" }
}

/** `metrics.loss.min` as `loss (min)`, `params.lr` as `lr`. */
export function labelOf(column: string): string {
  const metric = metricOf(column)
  if (metric) return metric.stat === "last" ? metric.key : `${metric.key} (${metric.stat})`
  return LABELS[column] ?? column.replace(/^(params|tags|summary)\./, "")
}

/** The same thing in a filter or an order. */
export function fieldFor(column: string): string {
  const metric = metricOf(column)
  if (metric) {
    const field = fieldOf("metrics", metric.key)
    return metric.stat === "last" ? field : `${metric.stat}(${field})`
  }
  const dot = column.indexOf(".")
  if (dot > 0) return fieldOf(column.slice(0, dot), column.slice(dot + 1))
  return FIELDS[column] ?? column
}

/** A value as people read it. */
export function shown(column: string, value: Value, zone: Zone = "local", now = Date.now()): string {
  if (value === null) return ""
  if (typeof value === "string") return value
  if (column === "start_ms" || column === "end_ms") return relative(value, now, zone)
  if (column === "duration") return duration(value)
  return number(value)
}

/** The whole of it, for a title. */
export function inFull(column: string, value: Value, zone: Zone = "local"): string {
  if (typeof value === "number" && (column === "start_ms" || column === "end_ms")) return absolute(value, zone)
  return value === null ? "" : String(value)
}

export function cell(rows: RunRows, column: string, row: number, zone: Zone = "local"): string {
  const value = rows.value(column, row)
  if (value === null && column === "duration" && rows.text("state", row) === "running") {
    const start = rows.number("start_ms", row)
    return Number.isFinite(start) ? duration(Date.now() - start) : ""
  }
  return shown(column, value, zone)
}

export function isNumeric(rows: RunRows, column: string): boolean {
  const kind = rows.kind(column)
  return kind === "number" || column === "duration"
}
