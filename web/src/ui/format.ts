// Numbers, times and sizes as people read them. Pure; the zone is given.

export type Zone = "local" | "utc"

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** 950 ms · 12.4 s · 3m 20s · 2h 05m · 4d 03h */
export function duration(ms: number): string {
  if (!Number.isFinite(ms)) return "–"
  const sign = ms < 0 ? "−" : ""
  const t = Math.abs(ms)
  const two = (value: number) => String(Math.floor(value)).padStart(2, "0")
  if (t < 1_000) return `${sign}${Math.round(t)} ms`
  if (t < MINUTE) return `${sign}${(t / 1000).toFixed(t < 10_000 ? 1 : 0)} s`
  if (t < HOUR) return `${sign}${Math.floor(t / MINUTE)}m ${two((t % MINUTE) / 1000)}s`
  if (t < DAY) return `${sign}${Math.floor(t / HOUR)}h ${two((t % HOUR) / MINUTE)}m`
  return `${sign}${Math.floor(t / DAY)}d ${two((t % DAY) / HOUR)}h`
}

/** now · 40 s ago · 5 min ago · 3 h ago · 6 days ago, then the date */
export function relative(at: number, now: number, zone: Zone = "local"): string {
  const t = now - at
  if (t < -5_000) return absolute(at, zone)
  if (t < 5_000) return "now"
  if (t < MINUTE) return `${Math.floor(t / 1000)} s ago`
  if (t < HOUR) return `${Math.floor(t / MINUTE)} min ago`
  if (t < DAY) return `${Math.floor(t / HOUR)} h ago`
  if (t < 2 * DAY) return "yesterday"
  if (t < 14 * DAY) return `${Math.floor(t / DAY)} days ago`
  return date(at, zone)
}

/** 2026-11-25 14:03:09, in the zone */
export function absolute(at: number, zone: Zone = "local"): string {
  const time = new Date(at)
  if (Number.isNaN(time.getTime())) return "–"
  const two = (value: number) => String(value).padStart(2, "0")
  if (zone === "utc") return `${time.toISOString().slice(0, 19).replace("T", " ")} UTC`
  return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())} ${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`
}

export function date(at: number, zone: Zone = "local"): string {
  return absolute(at, zone).slice(0, 10)
}

/** 512 B · 1.4 KB · 12 MB, in powers of 1000 */
export function bytes(size: number | null | undefined): string {
  if (size === null || size === undefined || !Number.isFinite(size)) return "–"
  let value = size
  for (const unit of ["B", "KB", "MB", "GB", "TB", "PB"]) {
    if (Math.abs(value) < 999.5 || unit === "PB") return unit === "B" ? `${value} B` : `${value < 9.95 ? value.toFixed(1) : Math.round(value)} ${unit}`
    value /= 1000
  }
  return "–"
}

/** 950 · 12.3k · 4.56M · 1.2G */
export function si(value: number): string {
  if (!Number.isFinite(value)) return number(value)
  let t = value
  for (const unit of ["", "k", "M", "G", "T"]) {
    if (Math.abs(t) < 999.5 || unit === "T") return `${Number(t.toPrecision(3))}${unit}`
    t /= 1000
  }
  return String(value)
}

/** A metric's value: up to five significant digits, exponents for the very large and small, NaN and ∞ by name. */
export function number(value: number, digits = 5): string {
  if (Number.isNaN(value)) return "NaN"
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞"
  const size = Math.abs(value)
  if (size !== 0 && (size < 1e-4 || size >= 1e9)) return value.toExponential(Math.max(0, digits - 2)).replace(/\.?0+e/, "e").replace("e+", "e").replace("-", "−")
  const text = Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(Math.max(digits, Math.ceil(Math.log10(size + 1))))))
  return text.replace("-", "−")
}

/** 1,234,567 */
export function count(value: number): string {
  return Math.round(value).toLocaleString("en-US")
}

/** `1 run`, `2 runs` */
export function plural(value: number, word: string, words = `${word}s`): string {
  return `${count(value)} ${value === 1 ? word : words}`
}
