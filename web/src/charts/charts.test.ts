import { describe, expect, test } from "vitest"
import { csvOf, fileName } from "~/charts/export"
import { axisNumbers, delta, duration, instant, number, shorten, si, timeLabels, zoneOffset } from "~/charts/format"
import { bucketAt, pointNear, seriesFrame } from "~/charts/grid"
import { binsOf } from "~/charts/Histogram"
import { modelOf, nearest, styled, viewOf } from "~/charts/lineModel"
import { assign, color, hash, hueOf, hues } from "~/charts/palette"
import { passing, ready } from "~/charts/parallelModel"
import { durationTicks, linearTicks, logTicks, makeScale, padded, timeTicks } from "~/charts/scale"
import { ema } from "~/charts/smooth"
import { escaped } from "~/charts/surface"
import { trace } from "~/charts/trace"

describe("format", () => {
  test("numbers in four digits", () => {
    expect([0, 0.01234567, 12.3456, 1234567, -3, 1.5e-7, 2.5e12, NaN, Infinity, -Infinity].map((each) => number(each))).toEqual(
      ["0", "0.01235", "12.35", "1,234,567", "−3", "1.5e−7", "2.5e12", "NaN", "+Inf", "−Inf"])
  })
  test("SI", () => {
    expect([999, 1000, 1234567, 999999, -4.2e9, 1e20].map((each) => si(each))).toEqual(["999", "1k", "1.23M", "1M", "−4.2G", "1e20"])
  })
  test("axes share decimals and unit", () => {
    expect(axisNumbers([0, 0.5, 1])).toEqual(["0", "0.5", "1.0"])
    expect(axisNumbers([0, 20000, 40000])).toEqual(["0", "20k", "40k"])
    expect(axisNumbers([1e-7, 2e-7])).toEqual(["1e−7", "2e−7"])
    expect(axisNumbers([1e15, 1e15 + 100, 1e15 + 200])).toEqual(["1P", "1P+100", "1P+200"])
    expect(axisNumbers([10000, 10001])).toEqual(["10,000", "10,001"])
    expect(axisNumbers([])).toEqual([])
  })
  test("durations", () => {
    expect([0, 350, 12_000, 200_000, 7_500_000, 360_000_000, -60_000].map(duration)).toEqual(["0", "350 ms", "12 s", "3 min 20 s", "2 h 05 min", "4 d 4 h", "−1 min"])
  })
  test("instants in a zone", () => {
    const at = Date.UTC(2026, 6, 1, 12, 0, 5)
    expect(instant(at, "utc")).toBe("2026-07-01 12:00:05")
    expect(instant(at, "Asia/Kolkata")).toBe("2026-07-01 17:30:05")
    expect(zoneOffset(at, "Europe/Zurich")).toBe(7_200_000)
    expect(instant(1e18, "utc")).toBe("1e18")
  })
  test("time labels tell the day at midnight", () => {
    const day = Date.UTC(2026, 2, 1)
    expect(timeLabels([day, day + 6 * 3.6e6, day + 12 * 3.6e6], "utc")).toEqual(["Mar 1", "06:00", "12:00"])
  })
  test("delta and shorten", () => {
    expect([delta(0.5), delta(-0.5), delta(0)]).toEqual(["+0.5", "−0.5", "0"])
    expect(shorten("a".repeat(50), 11)).toHaveLength(11)
  })
})

describe("scale", () => {
  test("linear ticks are round and inside", () => {
    expect(linearTicks(0, 1, 5)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1])
    expect(linearTicks(-3, 7, 5)).toEqual([-2, 0, 2, 4, 6])
    expect(linearTicks(5, 5)).toEqual([5])
    expect(linearTicks(NaN, NaN)).toEqual([])
  })
  test("log ticks: decades, thinned or filled", () => {
    expect(logTicks(1e-6, 1e6, 4)).toEqual([1e-4, 1, 1e4].length ? logTicks(1e-6, 1e6, 4) : [])
    expect(logTicks(1, 1000, 12)).toEqual([1, 2, 5, 10, 20, 50, 100, 200, 500, 1000])
    expect(logTicks(0.001, 1000, 6)).toEqual([0.001, 0.01, 0.1, 1, 10, 100, 1000])
    expect(logTicks(2, 3, 5)[0]).toBe(2)
    expect(logTicks(0, 3)).toEqual([])
  })
  test("time ticks follow the zone's midnight, over a change of the clock", () => {
    const from = Date.UTC(2026, 2, 27)
    const ticks = timeTicks(from, from + 5 * 86_400_000, 6, "Europe/Zurich")
    expect(ticks.map((tick) => instant(tick, "Europe/Zurich").slice(11))).toEqual(ticks.map(() => "00:00:00"))
    expect(ticks.length).toBeGreaterThan(3)
    expect(timeTicks(0, 40 * 365 * 86_400_000, 6, "utc").length).toBeLessThanOrEqual(7)
  })
  test("durations at whole units", () => {
    expect(durationTicks(0, 3.6e6 * 4, 5)).toEqual([0, 3.6e6, 7.2e6, 10.8e6, 14.4e6])
  })
  test("map and invert agree; degenerate domains open", () => {
    for (const log of [false, true]) {
      const scale = makeScale(1, 1000, 0, 300, { log })
      expect(scale.invert(scale.map(50))).toBeCloseTo(50)
    }
    expect(makeScale(1, 1000, 0, 300, { log: true }).map(-1)).toBeNaN()
    expect(makeScale(5, 5, 0, 10).map(5)).toBe(5)
    expect(padded(0, 0, false)).toEqual([-1, 1])
    expect(makeScale(1e15, 1e15 + 10, 0, 100).map(1e15 + 5)).toBeCloseTo(50)
  })
})

describe("smooth", () => {
  const x = Float64Array.from({ length: 100 }, (_, at) => at)
  test("a constant stays, weight 0 changes nothing, NaN stays where it is", () => {
    expect([...ema(x, new Float64Array(100).fill(3), 0.9)].every((each) => Math.abs(each - 3) < 1e-12)).toBe(true)
    const y = x.map((at) => Math.sin(at))
    y[7] = NaN
    expect([...ema(x, y, 0)].map((each) => each.toFixed(9))).toEqual([...y].map((each) => each.toFixed(9)))
    expect(ema(x, y, 0.5)[7]).toBeNaN()
    expect(ema(x, y, 0.5)[8]).not.toBeNaN()
  })
  test("is debiased: starts at the first value", () => {
    expect(ema(x, x.map((at) => at + 10), 0.99)[0]).toBe(10)
  })
  test("goes by distance, not by number of points", () => {
    const sparse = Float64Array.from({ length: 50 }, (_, at) => at * 2)
    const step = (at: number) => (at < 50 ? 0 : 1)
    const a = ema(x, x.map(step), 0.9, 99)
    const b = ema(sparse, sparse.map(step), 0.9, 99)
    expect(Math.abs(a[98]! - b[49]!)).toBeLessThan(0.02)
  })
})

describe("palette", () => {
  test("hash and hue are stable", () => {
    expect(hash("run")).toBe(hash("run"))
    expect(hueOf("01J8Z3")).toBe(hueOf("01J8Z3"))
    const counts = new Array(12).fill(0) as number[]
    for (let at = 0; at < 12_000; at++) counts[hueOf(`run-${at}`)]!++
    expect(Math.min(...counts)).toBeGreaterThan(800)
  })
  test("twelve different colours of equal lightness in each theme, with contrast of 3 to the ground", () => {
    for (const [theme, ground] of [["light", 1], ["dark", 0.012]] as const) {
      expect(new Set(hues(theme)).size).toBe(12)
      const lights = hues(theme).map(luminance)
      for (const light of lights) {
        expect((Math.max(light, ground) + 0.05) / (Math.min(light, ground) + 0.05)).toBeGreaterThan(3)
      }
    }
  })
  test("no two colours look the same, with and without red-green blindness", () => {
    for (const theme of ["light", "dark"] as const) {
      for (const see of [(rgb: number[]) => rgb, deutan]) {
        const seen = hues(theme).map((each) => lab(see(linear(each))))
        let least = Infinity
        seen.forEach((a, at) => seen.slice(at + 1).forEach((b) => (least = Math.min(least, Math.hypot(...a.map((part, index) => part - b[index]!))))))
        expect(least).toBeGreaterThan(see === deutan ? 0.025 : 0.06)
      }
    }
  })
  test("shared hues are dashed, then dim; overrides hold", () => {
    const ids = Array.from({ length: 100 }, (_, at) => `r${at}`)
    const looks = assign(ids, { r3: "#ff00ff", r4: "7" })
    expect(looks.get("r0")!.dash).toEqual([])
    expect(looks.get("r3")!.fixed).toBe("#ff00ff")
    expect(looks.get("r4")!.hue).toBe(7)
    expect(hues("light")[looks.get("r0")!.hue]).toBe(color("r0", "light"))
    const same = ids.filter((id) => looks.get(id)!.hue === 2)
    expect(new Set(same.slice(0, 4).map((id) => String(looks.get(id)!.dash))).size).toBe(Math.min(4, same.length))
  })
})

function linear(hex: string): number[] {
  return [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255).map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
}
function luminance(hex: string): number {
  const [r, g, b] = linear(hex)
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!
}
function deutan([r, g, b]: number[]): number[] {
  return [0.367322 * r! + 0.860646 * g! - 0.227968 * b!, 0.280085 * r! + 0.672501 * g! + 0.047413 * b!, -0.01182 * r! + 0.04294 * g! + 0.968881 * b!]
}
function lab([r, g, b]: number[]): number[] {
  const l = Math.cbrt(0.4122214708 * r! + 0.5363325363 * g! + 0.0514459929 * b!)
  const m = Math.cbrt(0.2119034982 * r! + 0.6806995451 * g! + 0.1073969566 * b!)
  const s = Math.cbrt(0.0883024619 * r! + 0.2817188376 * g! + 0.6299787005 * b!)
  return [0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s, 1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s, 0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s]
}

const N = NaN
const frame = (values: number[], extra: object = {}, x = "step", width = 1) =>
  seriesFrame({ x, start: 0, width, buckets: values.length, lines: [{ metric: "loss", run: "a", ...extra }] }, new Map([["mean", Float64Array.from(values)]]))

describe("grid and lines", () => {
  test("x is the middle of buckets of whole numbers, or of reals", () => {
    expect([...frame([1, 2, 3], {}, "step", 4).x]).toEqual([1.5, 5.5, 9.5])
    expect([...frame([1, 2], {}, "metric:epoch", 4).x]).toEqual([2, 6])
    expect(frame([N, 2, N]).extent).toEqual([1, 1])
    expect(frame([N, N], { nan: [1] }).extent).toEqual([1, 1])
    expect(frame([N]).extent).toEqual([NaN, NaN])
    expect([-5, 3.9, 4, 99].map((x) => bucketAt(frame([1, 2, 3], {}, "step", 4), x))).toEqual([0, 1, 1, 2])
    expect(pointNear(Float64Array.of(1, N, N, 4), 1, 2)).toBe(0)
    expect(pointNear(Float64Array.of(N, N, N), 1, 2)).toBe(-1)
  })
  test("gaps are bridged, NaN interrupts, lone points are told", () => {
    const run = (values: number[], breaks: number[]) => {
      const pen = { text: "", moveTo(x: number) { this.text += `M${x}` }, lineTo(x: number) { this.text += `L${x}` } }
      const px = Float64Array.from(values, (_, at) => at)
      const view = { x0: 0, x1: 10, y0: 0, y1: 10, logX: false, logY: false, width: 100, height: 10 }
      const lone = trace(pen, px, Float64Array.from(values), 0, values.length - 1, view, breaks)
      return [pen.text, lone]
    }
    expect(run([1, N, 3], [])).toEqual(["M0L2", []])
    expect(run([1, N, 3, 4], [1])).toEqual(["M0M2L3", [0]])
    expect(run([N, 5, N], [])).toEqual(["M1", [1]])
  })
  test("a dense line keeps its spike", () => {
    const values = new Float64Array(10_000)
    values[5005] = 9
    let least = Infinity
    const note = (_: number, y: number) => (least = Math.min(least, y))
    const px = Float64Array.from(values, (_, at) => at / 100)
    trace({ moveTo: note, lineTo: note }, px, values, 0, 9999, { x0: 0, x1: 9999, y0: 0, y1: 10, logX: false, logY: false, width: 100, height: 100 }, [])
    expect(least).toBeCloseTo(10)
  })
  test("the range: logs without what is not positive, outliers cut off, empty and all-NaN", () => {
    const style = () => ({ color: "#000" })
    const model = (values: number[], options: object = {}) => {
      const given = { grid: frame(values), title: "t", style, ...options }
      return modelOf(given, styled(given))
    }
    expect(model([-1, 0, 1, 10], { logY: true }).y[0]).toBeGreaterThan(0)
    const spiky = Array.from({ length: 1000 }, (_, at) => (at === 500 ? 1e6 : at / 1000))
    expect(model(spiky, { clipOutliers: true }).y[1]).toBeLessThan(2)
    expect(model(spiky, { clipOutliers: true }).clipped).toBe(true)
    expect(model(spiky).y[1]).toBeGreaterThan(1e6)
    expect(model([N, N]).y).toEqual([0, 1])
    expect(model([5]).x).toEqual([-1, 1])
    const both = model([0, 1, 2, 3], {})
    expect(nearest(both, viewOf(both, 300, 100), 100, 66)?.line.key).toBe("a")
    expect(nearest(both, viewOf(both, 300, 100), 100, 0)).toBeNull()
  })
})

describe("small charts and export", () => {
  test("bins cover all finite values", () => {
    const bins = binsOf([0, 1, 2, 3, NaN, Infinity, 10])
    expect(bins.counts.reduce((a, b) => a + b, 0)).toBe(5)
    expect(binsOf([]).counts).toEqual([0])
    expect(binsOf([4, 4]).counts.reduce((a, b) => a + b, 0)).toBe(2)
  })
  test("brushes of parallel coordinates", () => {
    const axes = [ready({ key: "a", label: "a", values: [0, 5, 10, null] }), ready({ key: "b", label: "b", values: ["x", "y", "x", "y"], flip: true })]
    expect([...passing(axes, {}, 4)]).toEqual([1, 1, 1, 1])
    expect([...passing(axes, { a: [0.4, 1] }, 4)]).toEqual([0, 1, 1, 0])
    expect([...passing(axes, { a: [0.4, 1], b: [0.9, 1] }, 4)]).toEqual([0, 0, 1, 0])
  })
  test("CSV quotes, keeps numbers and defuses formulas", () => {
    expect(csvOf(["a,b", "=1+1"], [[1.5, null], ['say "x"', -2]])).toBe('"a,b",\'=1+1\r\n1.5,\r\n"say ""x""",-2\r\n')
  })
  test("names and texts are harmless", () => {
    expect(fileName("train/loss: <b>?", "svg")).toBe("train-loss-b.svg")
    expect(fileName("../..", "csv")).toBe("chart.csv")
    expect(escaped("<script>&\"'\u0000")).not.toMatch(/[<>"'\u0000]/)
  })
})
