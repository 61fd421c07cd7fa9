import { describe, expect, it } from "vitest"
import { absolute, bytes, duration, number, plural, relative, si } from "./format"

describe("formats", () => {
  it("shows durations in two units", () => {
    expect([0, 950, 9_400, 12_400, 200_000, 7_500_000, 356_400_000, -1_500, NaN].map(duration)).toEqual(["0 ms", "950 ms", "9.4 s", "12 s", "3m 20s", "2h 05m", "4d 03h", "−1.5 s", "–"])
  })

  it("tells how long ago, then the date", () => {
    const now = Date.UTC(2026, 10, 25, 12)
    expect([0, 40_000, 300_000, 10_800_000, 90_000_000, 6 * 86_400_000, 40 * 86_400_000].map((ago) => relative(now - ago, now, "utc"))).toEqual(["now", "40 s ago", "5 min ago", "3 h ago", "yesterday", "6 days ago", "2026-10-16"])
  })

  it("shows a clock ahead of ours as a time, not as a past", () => {
    expect(relative(Date.UTC(2026, 10, 25, 13), Date.UTC(2026, 10, 25, 12), "utc")).toBe("2026-11-25 13:00:00 UTC")
  })

  it("shows times that cannot be as a dash", () => {
    expect(absolute(NaN)).toBe("–")
  })

  it("keeps numbers that are none", () => {
    expect([NaN, Infinity, -Infinity, 0, -0.5, 1e-7, 123_456_789_012, 0.123456789, 12_345.678, 42].map((value) => number(value))).toEqual(["NaN", "∞", "−∞", "0", "−0.5", "1e−7", "1.235e11", "0.12346", "12346", "42"])
  })

  it("shortens counts and sizes", () => {
    expect([950, 12_345, 4_560_000, 1.2e9].map(si)).toEqual(["950", "12.3k", "4.56M", "1.2G"])
    expect([512, 1_400, 12_000_000, null].map(bytes)).toEqual(["512 B", "1.4 KB", "12 MB", "–"])
    expect([plural(1, "run"), plural(2_000, "run")]).toEqual(["1 run", "2,000 runs"])
  })
})
