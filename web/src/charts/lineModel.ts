/** What a line chart draws: which lines, by which values, over which range. Pure; refuses to know canvas and DOM. */
import { duration, instant, number } from "~/charts/format"
import { bucketAt, type GridLine, pointNear, type SeriesFrame } from "~/charts/grid"
import type { LineStyle } from "~/charts/palette"
import { padded } from "~/charts/scale"
import { ema, type Smooth } from "~/charts/smooth"
import { type View, window, xPixels, yLine } from "~/charts/trace"

export interface LineOptions {
  grid: SeriesFrame
  /** For file names, summaries and exports; the panel's own heading is the room's. */
  title: string
  /** A new function means new looks: an eye or a colour changed. The chart repaints, nothing is rebuilt. */
  style: (key: string, line: GridLine) => LineStyle
  name?: (key: string, line: GridLine) => string
  smooth?: Smooth
  logX?: boolean
  logY?: boolean
  clipOutliers?: boolean
  /** Draw the spread around lines: `low` and `high` where the answer has them, else least to greatest. */
  band?: boolean
  /** The part of x that is shown; null or none for all. */
  range?: readonly [number, number] | null
  /** Ends of y that are set by hand; null leaves an end to the lines. */
  yRange?: readonly [number | null, number | null]
  /** Whose line is bold and what the tooltip's deltas refer to. */
  baseline?: string | null
  unit?: string
  /** "utc", "local" (or none), or an IANA name. */
  zone?: string
  /** Told when a range of x was dragged, and null for all; fetch that range anew and hand it back in `range`. */
  onZoom?: (range: [number, number] | null) => void
  /** A line was clicked. */
  onPick?: (key: string) => void
}

export interface Drawn {
  line: GridLine
  style: LineStyle
  /** Smoothed, or as answered. */
  values: Float64Array
  /** What is drawn faintly behind a smoothed line. */
  raw: Float64Array | null
  low: Float64Array | null
  high: Float64Array | null
  /** Buckets at which the line is interrupted. */
  breaks: readonly number[]
}

export interface Model {
  options: LineOptions
  /** In order of drawing: dim ones first, the baseline last. Hidden ones are absent. */
  lines: Drawn[]
  x: [number, number]
  y: [number, number]
  logX: boolean
  logY: boolean
  /** First and last bucket in view. */
  part: [number, number]
  /** Some values are outside of `y`. */
  clipped: boolean
}

const smoothed = new WeakMap<Float64Array, { weight: number; values: Float64Array }>()

function smoothOf(grid: SeriesFrame, values: Float64Array, weight: number): Float64Array {
  const known = smoothed.get(values)
  if (known?.weight === weight) return known.values
  const made = ema(grid.x, values, weight, grid.extent[1] - grid.extent[0])
  smoothed.set(values, { weight, values: made })
  return made
}

export function styled(options: LineOptions): LineStyle[] {
  return options.grid.lines.map((line) => options.style(line.key, line))
}

/** Which lines differ between two lists of looks. */
export function changed(before: readonly LineStyle[], after: readonly LineStyle[]): number[] {
  const found: number[] = []
  for (let at = 0; at < after.length; at++) {
    const a = before[at]
    const b = after[at]!
    if (a && a.color === b.color && a.hidden === b.hidden && a.dim === b.dim && a.width === b.width && String(a.dash ?? "") === String(b.dash ?? "")) continue
    found.push(at)
  }
  return found
}

export function modelOf(options: LineOptions, styles: readonly LineStyle[]): Model {
  const { grid } = options
  const weight = options.smooth?.kind === "ema" ? options.smooth.weight : 0
  const lines: Drawn[] = []
  for (const line of grid.lines) {
    const style = styles[line.index]!
    if (style.hidden || line.from > line.to) continue
    const values = weight > 0 ? smoothOf(grid, line.mean, weight) : line.mean
    const odd = line.nan.length + line.posinf.length + line.neginf.length
    lines.push({
      line,
      style,
      values,
      raw: weight > 0 ? line.mean : null,
      low: options.band ? (line.low ?? (line.exact ? null : line.min)) : null,
      high: options.band ? (line.high ?? (line.exact ? null : line.max)) : null,
      breaks: odd ? [...line.nan, ...line.posinf, ...line.neginf].sort((a, b) => a - b) : [],
    })
  }
  const rank = (each: Drawn) => (each.line.key === options.baseline ? 2 : each.style.dim ? 0 : 1)
  lines.sort((a, b) => rank(a) - rank(b) || a.line.index - b.line.index)
  const logX = Boolean(options.logX) && grid.extent[1] > 0
  const x = xRange(options, logX)
  const part = window(grid.x, x[0], x[1])
  const fitted = yRange(options, lines, part)
  const y = byHand(fitted.y, options.yRange, fitted.logY)
  return { options, lines, x, y, logX, logY: fitted.logY, part, clipped: fitted.clipped || y !== fitted.y }
}

function byHand(fitted: [number, number], given: LineOptions["yRange"], log: boolean): [number, number] {
  if (!given) return fitted
  const low = given[0] !== null && (!log || given[0] > 0) ? given[0] : fitted[0]
  const high = given[1] !== null && (!log || given[1] > 0) ? given[1] : fitted[1]
  return high > low ? [low, high] : fitted
}

function xRange(options: LineOptions, log: boolean): [number, number] {
  const { grid } = options
  let [low, high] = options.range ?? grid.extent
  if (!(Number.isFinite(low) && Number.isFinite(high))) [low, high] = log ? [1, 10] : [0, 1]
  if (log && low <= 0) low = grid.x.find((each) => each > 0) ?? high / 1000
  if (high > low) return [low, high]
  return log ? [low / 2, low * 2] : [low - Math.max(1, Math.abs(low) * 1e-6), low + Math.max(1, Math.abs(low) * 1e-6)]
}

const SAMPLE = 30_000

interface Reach {
  from: number
  to: number
  low: number
  high: number
  /** The least that is above zero. */
  positive: number
  count: number
}

const reaches = new WeakMap<Float64Array, Reach>()

/** Least and greatest between two buckets; kept, since toggling a line asks for all the others again. */
function reachOfValues(values: Float64Array, from: number, to: number): Reach {
  const known = reaches.get(values)
  if (known && known.from === from && known.to === to) return known
  let low = Infinity
  let high = -Infinity
  let positive = Infinity
  let count = 0
  for (let at = from; at <= to; at++) {
    const value = values[at]!
    if (value < low) low = value
    if (value > high) high = value
    if (value > 0 && value < positive) positive = value
    if (value === value) count++
  }
  const found = { from, to, low, high, positive, count }
  reaches.set(values, found)
  return found
}

function yRange(options: LineOptions, lines: readonly Drawn[], part: readonly [number, number]) {
  let low = Infinity
  let high = -Infinity
  let positive = Infinity
  let count = 0
  const take = (values: Float64Array, from: number, to: number) => {
    const found = reachOfValues(values, from, to)
    low = Math.min(low, found.low)
    high = Math.max(high, found.high)
    positive = Math.min(positive, found.positive)
    count += found.count
  }
  for (const each of lines) {
    const from = Math.max(part[0], each.line.from)
    const to = Math.min(part[1], each.line.to)
    take(each.values, from, to)
    if (each.raw && lines.length <= 30) take(each.raw, from, to)
    if (each.low && each.high) {
      take(each.low, from, to)
      take(each.high, from, to)
    }
  }
  const logY = Boolean(options.logY) && high > 0
  if (!(low <= high)) return { y: (logY ? [0.1, 10] : [0, 1]) as [number, number], logY, clipped: false }
  if (logY) low = Math.min(positive, high)
  let clipped = false
  if (options.clipOutliers && count > 20) {
    const sample = new Float64Array(Math.min(count, SAMPLE + lines.length))
    const stride = Math.max(1, Math.ceil(count / SAMPLE))
    let size = 0
    let seen = 0
    for (const each of lines) {
      for (let at = Math.max(part[0], each.line.from); at <= Math.min(part[1], each.line.to); at++) {
        const value = each.values[at]!
        if (value !== value || (logY && value <= 0) || seen++ % stride !== 0 || size >= sample.length) continue
        sample[size++] = logY ? Math.log10(value) : value
      }
    }
    const sorted = sample.subarray(0, size).sort()
    const back = (value: number) => (logY ? 10 ** value : value)
    const a = sorted[Math.floor((size - 1) * 0.02)]!
    const b = sorted[Math.ceil((size - 1) * 0.98)]!
    const more = (b - a) * 0.25
    if (b > a) {
      const [least, most] = [back(a - more), back(b + more)]
      clipped = least > low || most < high
      low = Math.max(low, least)
      high = Math.min(high, most)
    }
  }
  return { y: padded(low, high, logY, 0.05), logY, clipped }
}

export function viewOf(model: Model, width: number, height: number): View {
  return { x0: model.x[0], x1: model.x[1], y0: model.y[0], y1: model.y[1], logX: model.logX, logY: model.logY, width, height }
}

/** How far from the pointer a bucket with a point may be, in buckets. */
export function reachOf(model: Model, width: number): number {
  return Math.max(2, Math.ceil(((model.part[1] - model.part[0]) * 24) / Math.max(1, width)))
}

/** The line nearest to a place in the picture, within `most` pixels. */
export function nearest(model: Model, view: View, px: number, py: number, most = 26): Drawn | null {
  const { grid } = model.options
  const xs = xOf(grid, view)
  const { slope, base } = yLine(view)
  const y = (value: number) => base - (view.logY ? Math.log10(value) : value) * slope
  const at = bucketAt(grid, invertX(view, px))
  const reach = reachOf(model, view.width)
  let best: Drawn | null = null
  let distance = most
  for (const each of model.lines) {
    const near = pointNear(each.values, at, reach)
    if (near < 0) continue
    let found = Math.hypot(xs[near]! - px, y(each.values[near]!) - py)
    for (const side of [-1, 1]) {
      let next = near + side
      while (next >= 0 && next < grid.buckets && Math.abs(next - near) < reach * 8 && Number.isNaN(each.values[next]!)) next += side
      const value = each.values[next]
      if (value === undefined || Number.isNaN(value)) continue
      found = Math.min(found, away(px, py, xs[near]!, y(each.values[near]!), xs[next]!, y(value)))
    }
    if (found < distance || (found === distance && best === null)) {
      distance = found
      best = each
    }
  }
  return best
}

function away(px: number, py: number, ax: number, ay: number, bx: number, by: number): number {
  const dx = bx - ax
  const dy = by - ay
  const share = Math.max(0, Math.min(1, ((px - ax) * dx + (py - ay) * dy) / (dx * dx + dy * dy || 1)))
  return Math.hypot(ax + share * dx - px, ay + share * dy - py)
}

let cached: { grid: SeriesFrame; text: string; xs: Float64Array } | null = null

function xOf(grid: SeriesFrame, view: View): Float64Array {
  const text = `${view.x0} ${view.x1} ${view.width} ${view.logX}`
  if (cached?.grid !== grid || cached.text !== text) cached = { grid, text, xs: xPixels(grid.x, view) }
  return cached.xs
}

export function invertX(view: View, px: number): number {
  const share = px / view.width
  if (view.logX) return view.x0 * (view.x1 / view.x0) ** share
  return view.x0 + (view.x1 - view.x0) * share
}

export function nameOf(options: LineOptions, line: GridLine): string {
  return options.name?.(line.key, line) ?? (line.run || line.group || "no group")
}

export function axisKind(xKind: string): "number" | "time" | "duration" {
  return xKind === "time" ? "time" : xKind === "relative" ? "duration" : "number"
}

/** A value of x in words; a bucket that holds many steps is told as from–to. */
export function xText(options: LineOptions, at: number): string {
  const { grid } = options
  if (grid.xKind === "time") return instant(Math.round(grid.x[at]!), options.zone)
  if (grid.xKind === "relative") return duration(grid.x[at]!)
  if (grid.xKind !== "step") return `${grid.xKind.replace(/^metric:/, "")} ${number(grid.x[at]!)}`
  const first = grid.start + at * grid.width
  return grid.width > 1 ? `step ${number(first)}–${number(first + grid.width - 1)}` : `step ${number(first)}`
}

/** What the lines are, for the corner of the chart. */
export function noteOf(model: Model): string {
  const { grid, smooth } = model.options
  const parts: string[] = []
  const exact = model.lines.every((each) => each.line.exact)
  const grouped = model.lines.some((each) => each.line.runs > 1)
  if (model.lines.length) {
    if (grouped) parts.push("mean of runs")
    else if (exact) parts.push("exact points")
    else parts.push(grid.xKind === "step" ? `mean of ${number(grid.width)} steps` : grid.xKind.startsWith("metric:") ? "mean of buckets" : `mean of ${duration(grid.width)}`)
  }
  if (smooth?.kind === "ema" && smooth.weight > 0) parts.push(`smoothed ${number(smooth.weight, 3)}`)
  if (model.clipped) parts.push("outliers cut off")
  return parts.join(" · ")
}

export function summaryOf(model: Model): string {
  const { options, lines } = model
  if (!lines.length) return `${options.title}: a line chart without lines.`
  const ends = lines.slice(0, 400).map((each) => {
    const at = pointNear(each.values, each.line.to, options.grid.buckets)
    return { name: nameOf(options, each.line), value: at < 0 ? NaN : each.values[at]! }
  }).filter((each) => Number.isFinite(each.value)).sort((a, b) => a.value - b.value)
  const over = `over ${options.grid.xKind.replace(/^metric:/, "")}, from ${xText(options, model.part[0])} to ${xText(options, model.part[1])}`
  const head = `${options.title}: a line chart of ${lines.length} ${lines.length === 1 ? "line" : "lines"} ${over}.`
  if (!ends.length) return `${head} No finite value.`
  const first = ends[0]!
  const last = ends[ends.length - 1]!
  if (ends.length === 1) return `${head} Last value ${number(first.value)}.`
  return `${head} Last values from ${number(first.value)} (${first.name}) to ${number(last.value)} (${last.name}).`
}
