/**
 * A typed view of the answer of `POST /series:query`: one shared x and, for each line, its columns without copying.
 *
 * An empty bucket is NaN in all columns. NaN and ±Inf that were logged are places in `nan`, `posinf`, `neginf`.
 */

/** The header of the frame, as the server writes it. */
export interface GridHeader {
  x: string
  start: number | string
  width: number | string
  buckets: number
  lines: LineHeader[]
  took_ms?: number
}

export interface LineHeader {
  metric: string
  run?: string
  group?: string
  runs?: number
  points?: number
  exact?: boolean
  nan?: number[]
  posinf?: number[]
  neginf?: number[]
}

export interface GridLine {
  index: number
  /** Whose line: the run's id, or "group:" and the group's name. Styles, hover and baseline go by it. */
  key: string
  metric: string
  run: string
  group: string
  /** How many runs are in it. */
  runs: number
  points: number
  /** Every bucket holds at most one point: the line is the points themselves. */
  exact: boolean
  min: Float64Array
  max: Float64Array
  mean: Float64Array
  last: Float64Array
  /** The band that was asked for, of groups or of a spread; absent otherwise. */
  low: Float64Array | null
  high: Float64Array | null
  nan: number[]
  posinf: number[]
  neginf: number[]
  /** First and last bucket that holds anything; from > to when none does. */
  from: number
  to: number
}

export interface SeriesFrame {
  /** "step", "time" (ms since 1970), "relative" (ms) or "metric:<key>". */
  xKind: string
  /** The middle of each bucket. */
  x: Float64Array
  start: number
  width: number
  buckets: number
  lines: GridLine[]
  /** From the first to the last bucket that has data, edges included; NaN, NaN when there is none. */
  extent: [number, number]
  tookMs: number
}

/** By name, as a record or as the map of `api/frames.ts`. */
export type Columns = Readonly<Record<string, unknown>> | ReadonlyMap<string, unknown>

const NOTHING: number[] = []

/** The view of a decoded frame: its header and its columns by name. */
export function seriesFrame(header: GridHeader, columns: Columns): SeriesFrame {
  const { buckets } = header
  const start = Number(header.start)
  const width = Number(header.width)
  const whole = !header.x.startsWith("metric:")
  const x = new Float64Array(buckets)
  const middle = whole ? (width - 1) / 2 : width / 2
  for (let at = 0; at < buckets; at++) x[at] = start + at * width + middle
  const part = (name: string, index: number): Float64Array | null => {
    const column = columns instanceof Map ? columns.get(name) : (columns as Record<string, unknown>)[name]
    return column instanceof Float64Array ? column.subarray(index * buckets, (index + 1) * buckets) : null
  }
  const empty = new Float64Array(buckets).fill(NaN)
  const lines = header.lines.map((line, index): GridLine => {
    const mean = part("mean", index) ?? empty
    const marks = [line.nan, line.posinf, line.neginf].map((each) => each ?? NOTHING)
    let from = 0
    let to = buckets - 1
    while (from < buckets && Number.isNaN(mean[from]!)) from++
    while (to >= 0 && Number.isNaN(mean[to]!)) to--
    for (const each of marks) {
      if (!each.length) continue
      from = Math.min(from, each[0]!)
      to = Math.max(to, each[each.length - 1]!)
    }
    return {
      index,
      key: line.run || `group:${line.group ?? ""}`,
      metric: line.metric,
      run: line.run ?? "",
      group: line.group ?? "",
      runs: line.runs ?? 1,
      points: line.points ?? 0,
      exact: line.exact ?? false,
      min: part("min", index) ?? mean,
      max: part("max", index) ?? mean,
      mean,
      last: part("last", index) ?? mean,
      low: part("low", index),
      high: part("high", index),
      nan: marks[0]!,
      posinf: marks[1]!,
      neginf: marks[2]!,
      from,
      to,
    }
  })
  let first = Infinity
  let last = -Infinity
  for (const line of lines) {
    if (line.from > line.to) continue
    first = Math.min(first, line.from)
    last = Math.max(last, line.to)
  }
  const end = whole ? width - 1 : width
  const extent: [number, number] = first <= last ? [start + first * width, start + last * width + end] : [NaN, NaN]
  return { xKind: header.x, x, start, width, buckets, lines, extent, tookMs: header.took_ms ?? 0 }
}

/** The view of the bytes of a frame ("MWF1"), without a decoder from outside. Throws when they are none. */
export function seriesFrameOf(bytes: ArrayBuffer): SeriesFrame {
  const view = new DataView(bytes)
  if (bytes.byteLength < 8 || view.getUint32(0) !== 0x4d574631) throw new Error("not a frame")
  const length = view.getUint32(4, true)
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(bytes, 8, length))) as GridHeader & {
    columns: { name: string; type: string; length: number; offset: number }[]
  }
  const columns: Record<string, Float64Array> = {}
  for (const column of header.columns) {
    if (column.type === "<f8") columns[column.name] = new Float64Array(bytes, column.offset, column.length)
  }
  return seriesFrame(header, columns)
}

/** The bucket whose middle is nearest to a value of x. */
export function bucketAt(frame: SeriesFrame, x: number): number {
  const found = Math.floor((x - frame.start) / frame.width + (frame.xKind.startsWith("metric:") ? 0 : 0.5 / frame.width))
  return Math.max(0, Math.min(frame.buckets - 1, found))
}

/** The place of the line's point nearest to a bucket, within `reach` buckets; −1 for none. */
export function pointNear(values: Float64Array, at: number, reach: number): number {
  for (let away = 0; away <= reach; away++) {
    if (at - away >= 0 && Number.isFinite(values[at - away]!)) return at - away
    if (at + away < values.length && Number.isFinite(values[at + away]!)) return at + away
  }
  return -1
}
