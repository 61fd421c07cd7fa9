// From rows of the server to the lines of the table: sorted, grouped. Pure.
import { allRows, numberAt, type Data } from "~/table/data"
import { flatten, groupRows, statsOf, type Group, type Stats } from "~/table/group"
import { sortRows } from "~/table/sort"
import type { SortState } from "~/table/HeaderCell"
import type { RunRows } from "../runs/rows"

const known = new WeakMap<RunRows, Map<string, Data | null>>()

/** A column of the rows as typed array; null when the rows have none of it. */
export function dataOf(rows: RunRows, id: string): Data | null {
  let held = known.get(rows)
  if (!held) known.set(rows, held = new Map())
  const found = held.get(id)
  if (found !== undefined) return found
  const data = makeData(rows, id)
  held.set(id, data)
  return data
}

function makeData(rows: RunRows, id: string): Data | null {
  const column = rows.column(id) ?? (id.endsWith(".last") ? rows.column(id.slice(0, -5)) : null)
  if (!column) return null
  const { head, data, nan } = column
  if (head.dictionary) return { kind: "words", codes: data instanceof Int32Array ? data : Int32Array.from(data as ArrayLike<number>), words: head.dictionary }
  return { kind: "number", values: data instanceof Float64Array ? data : Float64Array.from(data as ArrayLike<number>, Number), nan: nan.size > 0 ? nan : null }
}

/** All rows in the order asked for; how long that took is kept for the curious. */
export function sorted(rows: RunRows, sort: readonly SortState[]): Uint32Array {
  const keys = sort.flatMap(({ id, desc }) => {
    const data = dataOf(rows, id)
    return data ? [{ data, desc }] : []
  })
  const began = performance.now()
  const order = sortRows(allRows(rows.count), keys)
  if (keys.length > 0) performance.measure("table-sort", { start: began, end: performance.now(), detail: { rows: rows.count } })
  return order
}

export function grouped(rows: RunRows, order: Uint32Array, by: readonly string[], keep: boolean): Group[] {
  return by.length > 0 ? groupRows(order, by.map((id) => dataOf(rows, id) ?? undefined), keep) : []
}

export function linesOf(order: Uint32Array, groups: readonly Group[], by: readonly string[], open: ReadonlySet<string>): Int32Array {
  return by.length > 0 ? flatten(groups, open) : new Int32Array(order)
}

const stats = new WeakMap<Group, Map<string, Stats | null>>()

/** Mean, min and max of a column over a group; null for columns that are no numbers. */
export function groupStats(rows: RunRows, group: Group, id: string): Stats | null {
  let held = stats.get(group)
  if (!held) stats.set(group, held = new Map())
  const found = held.get(id)
  if (found !== undefined) return found
  const data = dataOf(rows, id)
  const made = data?.kind === "number" ? statsOf(group.rows, data.values) : null
  held.set(id, made)
  return made
}

/** A number of a row; NaN when it has none. */
export function numberOf(rows: RunRows, id: string, row: number): number {
  return numberAt(dataOf(rows, id) ?? undefined, row)
}

const places = new WeakMap<Data, number>()

/** Decimals for the numbers of a column, so that they stand below each other; −1 where each number is written for itself. */
export function placesOf(data: Data | null): number {
  if (data?.kind !== "number") return -1
  const found = places.get(data)
  if (found !== undefined) return found
  let most = 0
  let whole = true
  for (const value of data.values) {
    if (!Number.isFinite(value)) continue
    if (whole && !Number.isInteger(value)) whole = false
    const size = value < 0 ? -value : value
    if (size > most) most = size
  }
  const made = whole || most < 1e-3 || most >= 1e6 ? -1 : Math.max(0, 4 - Math.max(0, Math.floor(Math.log10(most)) ))
  places.set(data, made)
  return made
}

/** A number with the decimals of its column; small ones that would lose their digits are left to `other`. */
export function fixed(value: number, decimals: number): string | null {
  if (decimals < 0 || !Number.isFinite(value)) return null
  if (value !== 0 && Math.abs(value) < 10 ** (1 - decimals)) return null
  return value.toFixed(decimals).replace("-", "−")
}
