/** Made-up series in the shape of the server's answers; the same on every load. */
import { type GridHeader, type LineHeader, seriesFrame, type SeriesFrame } from "~/charts/grid"

export function random(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let value = Math.imul(state ^ (state >>> 15), 1 | state)
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value
    return ((value ^ (value >>> 14)) >>> 0) / 4294967296
  }
}

export function runIds(count: number): string[] {
  const next = random(7)
  return Array.from({ length: count }, () => Math.floor(next() * 2 ** 40).toString(36).padStart(8, "0"))
}

export interface Made {
  metric: string
  x?: string
  start?: number
  width?: number
  buckets?: number
  kind?: "loss" | "accuracy" | "noise" | "spiky" | "odd" | "nan" | "sparse" | "single"
  exact?: boolean
  groups?: boolean
}

export function made(runs: readonly string[], options: Made): SeriesFrame {
  const { metric, x = "step", start = 0, width = 1, buckets = 1000, kind = "loss", groups = false } = options
  const size = runs.length * buckets
  const names = ["min", "max", "mean", "last", ...(groups ? ["low", "high"] : [])]
  const columns = Object.fromEntries(names.map((name) => [name, new Float64Array(size).fill(NaN)]))
  const lines: LineHeader[] = runs.map((run, index) => {
    const next = random(index * 131 + metric.length * 17 + metric.charCodeAt(0))
    const line: LineHeader = { metric, points: buckets * width, exact: options.exact ?? width === 1, nan: [], posinf: [], neginf: [] }
    if (groups) Object.assign(line, { group: run, runs: 8 })
    else line.run = run
    const rate = 2 + next() * 5
    const floor = 0.05 + next() * 0.6
    const noise = 0.02 + next() * 0.08
    const end = kind === "single" ? 1 : Math.floor(buckets * (next() < 0.3 ? 0.4 + next() * 0.6 : 1))
    let walk = 0
    for (let at = 0; at < end; at++) {
      const share = at / buckets
      const place = index * buckets + at
      walk += (next() - 0.5) * 0.02
      if (kind === "sparse" && at % 37 !== 0) continue
      if (kind === "nan") {
        line.nan!.push(at)
        continue
      }
      let value = floor + 2.4 * Math.exp(-share * rate * 2) + (next() - 0.5) * noise * 2 + walk
      if (kind === "accuracy") value = Math.min(1, Math.max(0, 1 - floor * 0.6 - 0.7 * Math.exp(-share * rate) + (next() - 0.5) * noise * 0.6))
      if (kind === "noise") value = 60 + 30 * Math.sin(share * 20 + index) + (next() - 0.5) * 25
      if (kind === "spiky" && next() < 0.004) value += 40 * next()
      if (kind === "odd" && index % 3 === 0 && at % 211 === 0 && at > 0) {
        ;[line.nan!, line.posinf!, line.neginf!][Math.floor(next() * 3)]!.push(at)
        continue
      }
      const more = Math.abs((next() - 0.5) * noise * 4) * (groups ? 4 : 1)
      columns["mean"]![place] = columns["last"]![place] = value
      columns["min"]![place] = line.exact ? value : value - more
      columns["max"]![place] = line.exact ? value : value + more
      if (groups) {
        columns["low"]![place] = value - more
        columns["high"]![place] = value + more
      }
    }
    return line
  })
  const header: GridHeader = { x, start, width, buckets, lines }
  return seriesFrame(header, columns)
}
