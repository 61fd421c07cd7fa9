/** Axes of parallel coordinates: order, scale, categories, brushes. Pure; refuses to know canvas and DOM. */
import { number } from "~/charts/format"
import { makeScale, type Scale } from "~/charts/scale"

export interface ParallelAxis {
  key: string
  label: string
  /** One for each run; null where the run has none. Texts make the axis one of categories. */
  values: readonly (number | string | null)[]
  log?: boolean
  flip?: boolean
}

/** Shares 0 (bottom) to 1 (top) of an axis that are kept. */
export type Brushes = Readonly<Record<string, readonly [number, number]>>

export interface Ready {
  axis: ParallelAxis
  /** 0 (bottom) to 1 (top) for each run; NaN where it has none. */
  shares: Float64Array
  ticks: { at: number; label: string }[]
  categories: string[] | null
}

export function ready(axis: ParallelAxis): Ready {
  const numbers = axis.values.every((value) => value === null || typeof value === "number")
  const shares = new Float64Array(axis.values.length).fill(NaN)
  const turn = (share: number) => (axis.flip ? 1 - share : share)
  if (!numbers) {
    const categories = [...new Set(axis.values.filter((value) => value !== null).map(String))].sort((a, b) => a.localeCompare(b, "en", { numeric: true }))
    const place = new Map(categories.map((name, at) => [name, categories.length > 1 ? at / (categories.length - 1) : 0.5]))
    axis.values.forEach((value, at) => {
      if (value !== null) shares[at] = turn(place.get(String(value))!)
    })
    const every = Math.ceil(categories.length / 12)
    const ticks = categories.filter((_, at) => at % every === 0).map((label) => ({ at: turn(place.get(label)!), label }))
    return { axis, shares, ticks, categories }
  }
  let low = Infinity
  let high = -Infinity
  for (const value of axis.values) {
    if (typeof value !== "number" || !Number.isFinite(value) || (axis.log && value <= 0)) continue
    low = Math.min(low, value)
    high = Math.max(high, value)
  }
  if (!(low <= high)) return { axis, shares, ticks: [], categories: null }
  const scale: Scale = makeScale(low, high, 0, 1, { log: Boolean(axis.log) })
  axis.values.forEach((value, at) => {
    if (typeof value === "number" && Number.isFinite(value)) shares[at] = turn(scale.map(value))
  })
  const found = scale.ticks(6)
  const labels = scale.labels(found)
  return { axis, shares, ticks: found.map((tick, at) => ({ at: turn(scale.map(tick)), label: labels[at]! })), categories: null }
}

/** Which runs pass all brushes. */
export function passing(axes: readonly Ready[], brushes: Brushes, count: number): Uint8Array {
  const kept = new Uint8Array(count).fill(1)
  for (const each of axes) {
    const brush = brushes[each.axis.key]
    if (!brush) continue
    for (let at = 0; at < count; at++) {
      const share = each.shares[at]!
      if (!(share >= brush[0] - 1e-9 && share <= brush[1] + 1e-9)) kept[at] = 0
    }
  }
  return kept
}

export function valueText(value: number | string | null | undefined): string {
  return value === null || value === undefined ? "none" : typeof value === "number" ? number(value) : value
}
