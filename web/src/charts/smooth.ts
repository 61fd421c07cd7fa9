/** Smoothing of a line: an exponential moving average weighted by the distance of its points. Pure. */

export interface Smooth {
  kind: "ema" | "none"
  /** 0 (none) to 1. */
  weight: number
}

const SCALE = 1000 // the weight is per thousandth of the span, so that it looks alike on every axis

/**
 * A debiased, time-weighted EMA over the points that are finite; NaN stays where the line has no point.
 *
 * The weight of the past decays by the distance in x since the last point, relative to `span`: a run logged twice as
 * often is smoothed alike.
 */
export function ema(x: Float64Array, y: Float64Array, weight: number, span = spanOf(x)): Float64Array {
  const out = new Float64Array(y.length).fill(NaN)
  const base = Math.min(Math.sqrt(Math.max(0, weight)), 0.9995)
  const factor = span > 0 ? SCALE / span : 0
  const logBase = base > 0 ? Math.log(base) : -Infinity
  let total = 0
  let parts = 0
  let before = NaN
  let decay = 0
  let distance = NaN
  for (let at = 0; at < y.length; at++) {
    const value = y[at]!
    if (!Number.isFinite(value)) continue
    const gap = x[at]! - before
    if (parts > 0 && gap !== distance) {
      decay = gap > 0 ? Math.exp(logBase * gap * factor) : 1
      distance = gap
    }
    total = parts > 0 ? total * decay + value : value
    parts = parts > 0 ? parts * decay + 1 : 1
    out[at] = total / parts
    before = x[at]!
  }
  return out
}

function spanOf(x: Float64Array): number {
  return x.length > 1 ? x[x.length - 1]! - x[0]! : 0
}
