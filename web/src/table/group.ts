// Rows in groups by the values of columns, and numbers about a group. Pure.
import { valueAt, type Data } from "./data"
import { naturalKey } from "./sort"

export interface Group {
  /** One value a column; null where rows have none. */
  values: (number | string | null)[]
  /** Tells the group from others, also after the data came again. */
  key: string
  rows: Uint32Array
}

/** Groups in natural order of their values, or (`keep`) in the order in which the rows come. */
export function groupRows(rows: Uint32Array, by: readonly (Data | undefined)[], keep: boolean): Group[] {
  const places = new Map<string, number>()
  const firsts: number[] = []
  const counts: number[] = []
  const groupOf = new Uint32Array(rows.length)
  const codes = by.map((data) => coder(data))
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at]!
    let key = ""
    for (const code of codes) key += `${code(row)}\u0000`
    let place = places.get(key)
    if (place === undefined) {
      place = firsts.length
      places.set(key, place)
      firsts.push(row)
      counts.push(0)
    }
    groupOf[at] = place
    counts[place]!++
  }
  const parts = counts.map((count) => new Uint32Array(count))
  const heads = new Uint32Array(counts.length)
  for (let at = 0; at < rows.length; at++) {
    const place = groupOf[at]!
    parts[place]![heads[place]!++] = rows[at]!
  }
  const groups = firsts.map((first, place): Group => {
    const values = by.map((data) => valueAt(data, first))
    return { values, key: JSON.stringify(values.map((value) => (typeof value === "number" ? String(value) : value))), rows: parts[place]! }
  })
  return keep ? groups : groups.sort((a, b) => byValues(a.values, b.values))
}

function coder(data: Data | undefined): (row: number) => number | string {
  if (data === undefined) return () => ""
  if (data.kind === "words") return (row) => data.codes[row]!
  return (row) => {
    const value = data.values[row]!
    return value !== value && data.nan?.has(row) !== true ? "none" : value + 0
  }
}

function byValues(a: readonly (number | string | null)[], b: readonly (number | string | null)[]): number {
  for (let at = 0; at < a.length; at++) {
    const one = a[at] ?? null
    const two = b[at] ?? null
    if (one === two) continue
    if (one === null) return 1
    if (two === null) return -1
    if (typeof one === "number" && typeof two === "number") {
      if (one !== two) return Number.isNaN(one) ? 1 : Number.isNaN(two) ? -1 : one - two
      continue
    }
    const left = naturalKey(String(one))
    const right = naturalKey(String(two))
    if (left !== right) return left < right ? -1 : 1
  }
  return 0
}

export interface Stats { n: number; mean: number; min: number; max: number }

/** Over the rows that have a number. */
export function statsOf(rows: Uint32Array, values: Float64Array): Stats {
  let n = 0
  let mean = 0
  let min = Infinity
  let max = -Infinity
  for (let at = 0; at < rows.length; at++) {
    const value = values[rows[at]!]!
    if (value !== value) continue
    n++
    mean += (value - mean) / n
    if (value < min) min = value
    if (value > max) max = value
  }
  return n > 0 ? { n, mean, min, max } : { n, mean: NaN, min: NaN, max: NaN }
}

/** What a table shows, one entry a line: a row (its number) or the head of group n (−1 − n), open groups with their rows. */
export function flatten(groups: readonly Group[], open: ReadonlySet<string>): Int32Array {
  let count = groups.length
  for (const group of groups) if (open.has(group.key)) count += group.rows.length
  const entries = new Int32Array(count)
  let at = 0
  groups.forEach((group, place) => {
    entries[at++] = -1 - place
    if (!open.has(group.key)) return
    entries.set(group.rows, at)
    at += group.rows.length
  })
  return entries
}
