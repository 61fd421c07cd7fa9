/** Numbers, durations and instants as short text. Pure; refuses to know charts. */

const SI: [number, string][] = [[1e15, "P"], [1e12, "T"], [1e9, "G"], [1e6, "M"], [1e3, "k"]]
const MINUS = "\u2212"

function signed(text: string): string {
  return text.startsWith("-") ? MINUS + text.slice(1) : text
}

/** A value with four significant digits: 0.01234, 12.35, 1,235, 1.235e−7. */
export function number(value: number, digits = 4): string {
  if (Number.isNaN(value)) return "NaN"
  if (!Number.isFinite(value)) return value > 0 ? "+Inf" : `${MINUS}Inf`
  if (value === 0) return "0"
  const size = Math.abs(value)
  if (size >= 1e9 || size < 1e-4) return exponent(value, digits - 1)
  if (Number.isInteger(value)) return signed(group(value.toString()))
  const places = Math.max(0, Math.min(12, digits - 1 - Math.floor(Math.log10(size))))
  const text = value.toFixed(places)
  return signed(group(text.includes(".") ? text.replace(/\.?0+$/, "") : text))
}

function exponent(value: number, places: number): string {
  const [mantissa = "", power = ""] = value.toExponential(places).split("e")
  const short = mantissa.includes(".") ? mantissa.replace(/\.?0+$/, "") : mantissa
  return `${signed(short)}e${signed(power.replace("+", ""))}`
}

function group(text: string): string {
  const [whole = "", rest] = text.split(".")
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",")
  return rest === undefined ? grouped : `${grouped}.${rest}`
}

/** With a sign, for differences. */
export function delta(value: number): string {
  if (!Number.isFinite(value)) return number(value)
  return value > 0 ? `+${number(value, 3)}` : number(value, 3)
}

/** 1,234,567 as 1.23M. */
export function si(value: number, digits = 3): string {
  if (!Number.isFinite(value)) return number(value)
  const size = Math.abs(value)
  if (size < 1000) return number(value, digits)
  if (size >= 1e18) return exponent(value, digits - 1)
  for (let at = 0; at < SI.length; at++) {
    const [unit, letter] = SI[at]!
    if (size < unit * (1 - 10 ** -digits / 2)) continue
    return `${number(Number((value / unit).toPrecision(digits)), digits)}${letter}`
  }
  return number(value, digits)
}

/** Labels of an axis: all with the same decimals and the same unit, as many as the ticks need to differ. */
export function axisNumbers(ticks: number[]): string[] {
  const most = Math.max(...ticks.map(Math.abs), 0)
  if (!ticks.length || most === 0) return ticks.map(() => "0")
  let gap = most
  for (let at = 1; at < ticks.length; at++) gap = Math.min(gap, Math.abs(ticks[at]! - ticks[at - 1]!) || gap)
  if (most >= 1e18 || most < 1e-4) {
    const places = Math.max(0, Math.min(12, Math.floor(Math.log10(most)) - Math.floor(Math.log10(gap) + 1e-9)))
    return ticks.map((tick) => (tick === 0 ? "0" : exponent(tick, places)))
  }
  let [unit, letter] = most >= 1e4 ? (SI.find(([size]) => most >= size) ?? [1, ""]) : [1, ""]
  if (unit > 1 && gap / unit < (most >= 1e7 ? 1e-3 : 0.045)) {
    if (most >= 1e7) return offsetLabels(ticks)
    ;[unit, letter] = [1, ""]
  }
  const places = decimals(ticks.map((tick) => tick / unit))
  return ticks.map((tick) => (tick === 0 ? "0" : signed(group((tick / unit).toFixed(places))) + letter))
}

/** Far from zero and close together: what they share once (as far as it is short), then the rest: 1P+200. */
function offsetLabels(ticks: number[]): string[] {
  const low = Math.min(...ticks)
  const power = 10 ** (Math.ceil(Math.log10(Math.max(...ticks) - low)) + 1)
  const base = Math.floor(low / power) * power
  const short = SI.find(([size]) => Math.abs(base) >= size)
  const head = short && Number.isInteger((base / short[0]) * 100) ? `${base / short[0]}${short[1]}` : "…"
  const rests = axisNumbers(ticks.map((tick) => tick - base))
  return rests.map((rest) => (rest === "0" && head !== "…" ? head : `${head}+${rest}`))
}

function decimals(values: number[]): number {
  for (let places = 0; places < 12; places++) {
    if (values.every((value) => Math.abs(value - Number(value.toFixed(places))) <= Math.abs(value) * 1e-9)) return places
  }
  return 12
}

/** Milliseconds as 350 ms, 12 s, 3 min 20 s, 2 h 05 min, 4 d 3 h. */
export function duration(ms: number): string {
  if (!Number.isFinite(ms)) return number(ms)
  if (ms < 0) return MINUS + duration(-ms)
  if (ms === 0) return "0"
  if (ms < 1) return `${number(ms, 3)} ms`
  if (ms < 1000) return `${Number(ms.toPrecision(3))} ms`
  const seconds = ms / 1000
  if (seconds < 60) return `${Number(seconds.toFixed(seconds < 10 ? 2 : 1))} s`
  const whole = Math.round(seconds)
  if (whole < 3600) return whole % 60 ? `${Math.floor(whole / 60)} min ${whole % 60} s` : `${whole / 60} min`
  const minutes = Math.round(seconds / 60)
  if (minutes < 1440) return minutes % 60 ? `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min` : `${minutes / 60} h`
  const hours = Math.round(seconds / 3600)
  return hours % 24 ? `${group(String(Math.floor(hours / 24)))} d ${hours % 24} h` : `${group(String(hours / 24))} d`
}

function two(value: number): string {
  return String(value).padStart(2, "0")
}

const formats = new Map<string, Intl.DateTimeFormat>()
const LIMIT = 8.64e15

/** Milliseconds that the zone is ahead of UTC at an instant. `zone`: "utc", "local" (or none), or an IANA name. */
export function zoneOffset(ms: number, zone?: string): number {
  if (zone === "utc" || zone === "UTC" || Math.abs(ms) > LIMIT - 1e9) return 0
  if (!zone || zone === "local") return -new Date(ms).getTimezoneOffset() * 60_000
  let format = formats.get(zone)
  if (!format) {
    const parts = { year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric" } as const
    format = new Intl.DateTimeFormat("en-US", { timeZone: zone, hourCycle: "h23", era: "short", ...parts })
    formats.set(zone, format)
  }
  const found: Record<string, number> = {}
  for (const part of format.formatToParts(ms)) found[part.type] = Number(part.value)
  const local = Date.UTC(found["year"] ?? 0, (found["month"] ?? 1) - 1, found["day"] ?? 1, found["hour"] ?? 0, found["minute"] ?? 0, found["second"] ?? 0)
  return local - Math.floor(ms / 1000) * 1000
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

/** An instant in full: 2026-03-01 14:05:09. */
export function instant(ms: number, zone?: string): string {
  if (!(Math.abs(ms) < LIMIT - 1e9)) return number(ms)
  const local = new Date(ms + zoneOffset(ms, zone))
  const text = local.toISOString().replace("T", " ").slice(0, -1)
  return text.endsWith(".000") ? text.slice(0, -4) : text
}

/** Labels of ticks in time: as coarse as the ticks allow, the day told where it changes. */
export function timeLabels(ticks: number[], zone?: string): string[] {
  const gap = ticks.length > 1 ? ticks[1]! - ticks[0]! : 0
  let before = ""
  return ticks.map((tick) => {
    if (!(Math.abs(tick) < LIMIT - 1e9)) return number(tick)
    const local = new Date(tick + zoneOffset(tick, zone))
    const day = `${MONTHS[local.getUTCMonth()]} ${local.getUTCDate()}`
    const clock = `${two(local.getUTCHours())}:${two(local.getUTCMinutes())}`
    const year = String(local.getUTCFullYear())
    if (gap >= 300 * 86_400_000) return year
    if (gap >= 27 * 86_400_000) return local.getUTCMonth() === 0 ? year : MONTHS[local.getUTCMonth()]!
    if (gap >= 86_400_000) return day
    const first = day !== before
    before = day
    if (first && local.getUTCHours() + local.getUTCMinutes() + local.getUTCSeconds() === 0) return day
    if (gap >= 60_000 || gap === 0) return clock
    const seconds = `${clock}:${two(local.getUTCSeconds())}`
    return gap >= 1000 ? seconds : `${seconds.slice(3)}.${String(local.getUTCMilliseconds()).padStart(3, "0")}`
  })
}

/** A long text cut in its middle, for legends and menus. */
export function shorten(text: string, most = 40): string {
  if (text.length <= most) return text
  const head = Math.ceil((most - 1) * 0.6)
  return `${text.slice(0, head)}…${text.slice(text.length - (most - 1 - head))}`
}
