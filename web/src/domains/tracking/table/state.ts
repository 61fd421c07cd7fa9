// What the table shows, as search params: columns in their order, how many of them are pinned, orders, groups, density.
import type { RunKeys } from "~/api/types_gen"
import type { SortState } from "~/table/HeaderCell"
import { FIXED, fieldFor, metricOf } from "../runs/columns"
import type { TrackingSearch } from "../search"

export interface TableState {
  columns: string[]
  /** The first columns that stay while the others scroll; the name is always one. */
  pinned: number
  roomy: boolean
  sort: SortState[]
  group: string[]
}

const DIRECTION = /\s+(asc|desc)$/i

/** `metrics.loss.min DESC` and back. */
export function readSort(orders: readonly string[] | undefined): SortState[] {
  return (orders ?? []).flatMap((order) => {
    const direction = DIRECTION.exec(order)
    const field = direction ? order.slice(0, direction.index) : order
    const id = columnOf(field.trim())
    return id ? [{ id, desc: direction?.[1]?.toLowerCase() === "desc" }] : []
  })
}

export function writeSort(sort: readonly SortState[]): string[] | undefined {
  return sort.length > 0 ? sort.map(({ id, desc }) => `${fieldFor(id)} ${desc ? "DESC" : "ASC"}`) : undefined
}

const FIELDS: Record<string, string> = { run_name: "name", start_time: "start_ms", end_time: "end_ms" }

/** The column of a field of the filter language: `min(metrics.loss)` is `metrics.loss.min`. */
export function columnOf(field: string): string {
  const call = /^(\w+)\(\s*(.+?)\s*\)$/.exec(field)
  if (call) return `${columnOf(call[2] ?? "").replace(/\.last$/, "")}.${(call[1] ?? "").toLowerCase()}`
  const quoted = /^(\w+)\.[`"](.*)[`"]$/s.exec(field)
  const plain = quoted ? `${quoted[1]}.${(quoted[2] ?? "").replaceAll("``", "`")}` : (FIELDS[field] ?? field)
  const metric = metricOf(plain)
  return metric ? `metrics.${metric.key}.${metric.stat}` : plain
}

const LAYOUT = /^(?:pin(\d{1,2}))?(?:\.?(roomy))?$/

export function readTable(search: TrackingSearch, keys: RunKeys | undefined): TableState {
  const layout = LAYOUT.exec(search.layout ?? "")
  const columns = search.cols ? search.cols.map(columnOf) : usualColumns(keys)
  const whole = ["name", ...new Set(columns.filter((id) => id !== "name"))]
  return {
    columns: whole,
    pinned: Math.min(whole.length, Math.max(1, Number(layout?.[1] ?? 1))),
    roomy: layout?.[2] === "roomy",
    sort: readSort(search.sort),
    group: (search.group ?? []).map(columnOf),
  }
}

export function writeLayout(pinned: number, roomy: boolean): string | undefined {
  const parts = [...(pinned > 1 ? [`pin${pinned}`] : []), ...(roomy ? ["roomy"] : [])]
  return parts.length > 0 ? parts.join(".") : undefined
}

/** What an experiment shows before anyone chose: the metrics and params that most runs have. */
export function usualColumns(keys: RunKeys | undefined): string[] {
  const most = (list: { key: string; runs: number }[], count: number) =>
    [...list].sort((a, b) => b.runs - a.runs || depth(a.key) - depth(b.key)).slice(0, count).map(({ key }) => key)
  const metrics = most((keys?.metrics ?? []).filter(({ key }) => !key.startsWith("system")), 4)
  return [
    "name", "state", "start_ms", "duration", "user",
    ...metrics.map((key) => `metrics.${key}.last`),
    ...most(keys?.params ?? [], 6).map((key) => `params.${key}`),
  ]
}

const depth = (key: string): number => (key.match(/[/.]/g) ?? []).length

/** The columns to ask the server for: those that are seen, sorted or grouped by and that do not come anyway. */
export function neededColumns(state: TableState): string[] {
  const all = new Set([...state.columns, ...state.sort.map(({ id }) => id), ...state.group])
  return [...all].filter((id) => !FIXED.some((fixed) => fixed === id)).sort()
}

/** Clicks on a header: ascending, descending, as it came; with shift one order more. */
export function nextSort(sort: readonly SortState[], id: string, more: boolean, descFirst: boolean): SortState[] {
  const old = sort.find((each) => each.id === id)
  const next = old === undefined ? [{ id, desc: descFirst }] : old.desc === descFirst ? [{ id, desc: !descFirst }] : []
  if (!more) return next
  return old === undefined ? [...sort, ...next] : sort.flatMap((each) => (each.id === id ? next : [each]))
}
