/** Scales of an axis (linear, log, time, duration) and their ticks. Pure arithmetic; refuses to know pixels' medium. */
import { axisNumbers, duration, timeLabels, zoneOffset } from "~/charts/format"

export type AxisKind = "number" | "time" | "duration"

export interface Scale {
  readonly min: number
  readonly max: number
  readonly log: boolean
  /** A value's place between `from` and `to`; NaN where a log scale has none. */
  map(value: number): number
  invert(place: number): number
  ticks(most: number): number[]
  labels(ticks: number[]): string[]
}

export interface ScaleOptions {
  log?: boolean
  kind?: AxisKind
  zone?: string
}

/** A scale over [min, max] onto [from, to]; `to` may be the smaller one, as on a y axis. */
export function makeScale(min: number, max: number, from: number, to: number, options: ScaleOptions = {}): Scale {
  const log = Boolean(options.log) && max > 0
  const kind = options.kind ?? "number"
  let low = log && min <= 0 ? max / 1e6 : min
  let high = max
  if (!(high > low)) [low, high] = log ? [low / 2, low * 2] : [low - spread(low), low + spread(low)]
  const a = log ? Math.log10(low) : low
  const b = log ? Math.log10(high) : high
  const slope = (to - from) / (b - a)
  return {
    min: low,
    max: high,
    log,
    map: (value) => (log ? (value > 0 ? from + (Math.log10(value) - a) * slope : NaN) : from + (value - a) * slope),
    invert: (place) => (log ? 10 ** (a + (place - from) / slope) : a + (place - from) / slope),
    ticks: (most) => ticksOf(low, high, most, log, kind, options.zone),
    labels: (ticks) => labelsOf(ticks, low, high, log, kind, options.zone),
  }
}

function spread(value: number): number {
  return value === 0 ? 1 : Math.abs(value) * 0.05
}

export function ticksOf(min: number, max: number, most: number, log: boolean, kind: AxisKind, zone?: string): number[] {
  if (log) return logTicks(min, max, most)
  if (kind === "time") return timeTicks(min, max, most, zone)
  if (kind === "duration") return durationTicks(min, max, most)
  return linearTicks(min, max, most)
}

export function labelsOf(ticks: number[], min: number, max: number, log: boolean, kind: AxisKind, zone?: string): string[] {
  if (kind === "time") return timeLabels(ticks, zone)
  if (kind === "duration") return ticks.map((tick) => duration(tick))
  if (log) return logLabels(ticks, min, max)
  return axisNumbers(ticks)
}

/** The step 1, 2 or 5 times a power of ten that gives at most `most` intervals. */
export function niceStep(span: number, most: number): number {
  const rough = span / Math.max(1, most)
  if (!(rough > 0) || !Number.isFinite(rough)) return 1
  const power = 10 ** Math.floor(Math.log10(rough))
  const part = rough / power
  return (part <= 1 ? 1 : part <= 2 ? 2 : part <= 5 ? 5 : 10) * power
}

export function linearTicks(min: number, max: number, most = 6): number[] {
  if (!(max > min)) return Number.isFinite(min) ? [min] : []
  const step = niceStep(max - min, most)
  const first = Math.ceil(min / step - 1e-9)
  const last = Math.floor(max / step + 1e-9)
  const digits = Math.max(0, Math.min(100, -Math.floor(Math.log10(step) + 1e-9)))
  const ticks: number[] = []
  for (let at = first; at <= last && ticks.length < 1000; at++) {
    const value = at * step
    ticks.push(digits > 0 && digits < 20 ? Number(value.toFixed(digits)) : value === 0 ? 0 : value)
  }
  return ticks
}

/** Powers of ten, thinned where there are many; with 2 and 5 between where there are few; linear within a decade. */
export function logTicks(min: number, max: number, most = 6): number[] {
  if (!(min > 0) || !(max > min)) return min > 0 ? [min] : []
  const low = Math.floor(Math.log10(min) + 1e-9)
  const high = Math.ceil(Math.log10(max) - 1e-9)
  const decades = Math.log10(max / min)
  if (decades < 0.7) return linearTicks(min, max, most).filter((tick) => tick > 0)
  const every = Math.max(1, Math.ceil(decades / Math.max(1, most)))
  const parts = every > 1 || decades * 2 > most ? [1] : decades * 3 > most ? [1, 3] : [1, 2, 5]
  const ticks: number[] = []
  for (let power = Math.ceil(low / every) * every; power <= high; power += every) {
    for (const part of parts) {
      const tick = Number(`${part}e${power}`)
      if (tick >= min * (1 - 1e-9) && tick <= max * (1 + 1e-9)) ticks.push(tick)
    }
  }
  return ticks.length >= 2 ? ticks : linearTicks(min, max, most).filter((tick) => tick > 0)
}

function logLabels(ticks: number[], min: number, max: number): string[] {
  return max / min < 5 ? axisNumbers(ticks) : ticks.map((tick) => axisNumbers([tick])[0] ?? "")
}

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const STEPS = [
  1, 2, 5, 10, 20, 50, 100, 200, 500, SECOND, 2 * SECOND, 5 * SECOND, 10 * SECOND, 15 * SECOND, 30 * SECOND,
  MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE,
  HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 2 * DAY, 7 * DAY, 14 * DAY,
]
const MONTHS = [1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200]

/** Ticks of durations in milliseconds, at whole seconds, minutes, hours and days. */
export function durationTicks(min: number, max: number, most = 6): number[] {
  const span = max - min
  if (!(span > 0)) return Number.isFinite(min) ? [min] : []
  const step = STEPS.find((each) => span / each <= most) ?? niceStep(span / DAY, most) * DAY
  if (step < 1 || span < most) return linearTicks(min, max, most)
  const ticks: number[] = []
  for (let at = Math.ceil(min / step - 1e-9); at * step <= max + step * 1e-9; at++) ticks.push(at * step || 0)
  return ticks
}

/** Ticks of instants (ms since 1970) at round local times of the zone. */
export function timeTicks(min: number, max: number, most = 6, zone?: string): number[] {
  const span = max - min
  if (!(span > 0)) return Number.isFinite(min) ? [min] : []
  if (Math.abs(min) > 8.6e15 || Math.abs(max) > 8.6e15) return linearTicks(min, max, most)
  const step = STEPS.find((each) => span / each <= most)
  const ticks: number[] = []
  if (step !== undefined) {
    let at = Math.floor((min + zoneOffset(min, zone)) / step) * step
    for (let count = 0; count < 200; at += step, count++) {
      const tick = at - zoneOffset(at - zoneOffset(at, zone), zone)
      if (tick > max) break
      if (tick >= min) ticks.push(tick)
    }
    return ticks
  }
  const months = MONTHS.find((each) => span / (each * 30.4 * DAY) <= most) ?? 2400
  const first = new Date(min + zoneOffset(min, zone))
  let month = Math.floor((first.getUTCFullYear() * 12 + first.getUTCMonth()) / months) * months
  for (let count = 0; count < 200; month += months, count++) {
    const local = Date.UTC(Math.floor(month / 12), month % 12, 1)
    const tick = local - zoneOffset(local, zone)
    if (tick > max) break
    if (tick >= min) ticks.push(tick)
  }
  return ticks
}

/** [min, max] opened a little, so that lines do not run along the edge. */
export function padded(min: number, max: number, log: boolean, share = 0.04): [number, number] {
  if (log) {
    if (!(min > 0)) return [0.1, 10]
    const grow = (max / min) ** share
    return max > min ? [min / grow, max * grow] : [min / 2, min * 2]
  }
  if (!(max > min)) return [min - spread(min), min + spread(min)]
  const more = (max - min) * share
  return [min - more, max + more]
}
