/**
 * Lines, bands and markers from columns to pixels, on anything that has `moveTo` and `lineTo`: a canvas or the text of
 * an SVG path. Keeps the least and greatest value of each pixel column, so no spike is lost.
 */

export interface Pen {
  moveTo(x: number, y: number): void
  lineTo(x: number, y: number): void
}

/** Where data is in the picture, in pixels of the medium; y grows downward. */
export interface View {
  x0: number
  x1: number
  y0: number
  y1: number
  logX: boolean
  logY: boolean
  width: number
  height: number
}

/** The pixel of each x; NaN where a log axis has none. */
export function xPixels(x: Float64Array, view: View): Float64Array {
  const out = new Float64Array(x.length)
  const a = view.logX ? Math.log10(view.x0) : view.x0
  const b = view.logX ? Math.log10(view.x1) : view.x1
  const slope = view.width / (b - a)
  for (let at = 0; at < x.length; at++) out[at] = ((view.logX ? Math.log10(x[at]!) : x[at]!) - a) * slope
  return out
}

/** First and last bucket to draw: those in view and one on each side. */
export function window(x: Float64Array, from: number, to: number): [number, number] {
  return [Math.max(0, lowest(x, from) - 1), Math.min(x.length - 1, lowest(x, to) + 1)]
}

function lowest(x: Float64Array, value: number): number {
  let low = 0
  let high = x.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (x[middle]! < value) low = middle + 1
    else high = middle
  }
  return low
}

/** Linear function of a value (or its logarithm) to a pixel of y. */
export function yLine(view: View): { slope: number; base: number } {
  const a = view.logY ? Math.log10(view.y0) : view.y0
  const b = view.logY ? Math.log10(view.y1) : view.y1
  const slope = view.height / (b - a)
  return { slope, base: view.height + a * slope }
}

/**
 * Trace values between two buckets; answers the places of points that have no neighbour (to be drawn as dots).
 *
 * Empty buckets are bridged, save where `breaks` (sorted bucket numbers) tells that a NaN or ±Inf was logged.
 */
export function trace(
  pen: Pen, px: Float64Array, values: Float64Array, from: number, to: number, view: View, breaks: readonly number[],
): number[] {
  const { slope, base } = yLine(view)
  const { logY } = view
  const far = view.height * 20 + 2000
  const dense = to - from > view.width * 2
  const lone: number[] = []
  let broken = 0
  let down = 0 // points since the pen was put down
  let first = -1
  let column = -1
  let least = 0
  let most = 0
  let rising = true // the least came before the greatest
  const flush = () => {
    if (column < 0) return
    pen.lineTo(column, rising ? least : most)
    if (least !== most) pen.lineTo(column, rising ? most : least)
    column = -1
  }
  for (let at = from; at <= to; at++) {
    const value = values[at]!
    if (value !== value) {
      if (broken < breaks.length && down > 0) {
        while (broken < breaks.length && breaks[broken]! < at) broken++
        if (breaks[broken] === at) {
          flush()
          if (down === 1) lone.push(first)
          down = 0
        }
      }
      continue
    }
    const x = px[at]!
    let y = base - (logY ? Math.log10(value) : value) * slope
    if (x !== x || x === -Infinity) continue
    if (y !== y || y === Infinity) {
      // A log axis has no place for it: the line ends here.
      flush()
      if (down === 1) lone.push(first)
      down = 0
      continue
    }
    if (y > far) y = far
    else if (y < -far) y = -far
    if (down++ === 0) {
      pen.moveTo(x, y)
      first = at
      column = -1
    } else if (!dense || x < 0) pen.lineTo(x, y)
    else {
      const place = x | 0
      if (place !== column) {
        flush()
        column = place
        least = most = y
      } else if (y < least) {
        least = y
        rising = false
      } else if (y > most) {
        most = y
        rising = true
      }
    }
  }
  flush()
  if (down === 1) lone.push(first)
  return lone
}

/** Trace the outline of the area between two columns. */
export function traceBand(
  pen: Pen, px: Float64Array, low: Float64Array, high: Float64Array, from: number, to: number, view: View,
): void {
  const { slope, base } = yLine(view)
  const far = view.height * 20 + 2000
  const y = (value: number) => {
    if (view.logY && value <= 0) return far
    return Math.max(-far, Math.min(far, base - (view.logY ? Math.log10(value) : value) * slope))
  }
  let open = false
  for (let at = from; at <= to; at++) {
    if (Number.isNaN(high[at]!) || !Number.isFinite(px[at]!)) continue
    if (open) pen.lineTo(px[at]!, y(high[at]!))
    else pen.moveTo(px[at]!, y(high[at]!))
    open = true
  }
  for (let at = to; at >= from; at--) {
    if (!Number.isNaN(low[at]!) && Number.isFinite(px[at]!)) pen.lineTo(px[at]!, y(low[at]!))
  }
}
