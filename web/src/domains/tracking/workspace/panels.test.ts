import { describe, expect, it } from "vitest"
import { seriesFrame, type LineHeader } from "~/charts/grid"
import { crowded, frameOf, joined, kept, nature } from "./frames"
import { effective, nextSmooth, withOption } from "./options"
import { groupName } from "./scene"
import { movedTo, rowsOf } from "./sections"
import { PLAIN } from "./state"

function frame(lines: (LineHeader & { values: number[] })[]) {
  const buckets = lines[0]?.values.length ?? 0
  return seriesFrame({ x: "step", start: 0, width: 10, buckets, lines }, { mean: Float64Array.from(lines.flatMap((line) => line.values)) })
}

describe("a batched answer", () => {
  const whole = frame([
    { metric: "a", run: "r1", points: 4, values: [1, 2, 3, 4, 5, 6] },
    { metric: "b", run: "r1", points: 9, values: [1, NaN, NaN, NaN, NaN, NaN] },
    { metric: "b", run: "r2", points: 9, values: [1, 2, NaN, NaN, NaN, NaN] },
  ])
  it("is cut by metric, its lines counted anew", () => {
    expect(frameOf(whole, "b").lines.map((line) => [line.index, line.run])).toEqual([[0, "r1"], [1, "r2"]])
    expect(frameOf(whole, "b").extent).toEqual([4.5, 14.5])
  })
  it("shows which metrics are squeezed on the grid of others", () => {
    expect(crowded(frameOf(whole, "a"))).toBe(false)
    expect(crowded(frameOf(whole, "b"))).toBe(true)
  })
  it("keeps the same frame when all of its lines are wanted", () => {
    expect(kept(whole, () => true)).toBe(whole)
    expect(kept(whole, (key) => key === "r2").lines.map((line) => line.index)).toEqual([0])
  })
})

describe("a panel", () => {
  const style = (key: string) => ({ color: "", hidden: key === "hidden" })
  it("is bars for one point a run, lines for more, and nothing for none", () => {
    expect(nature(frame([{ metric: "a", run: "r", runs: 1, points: 1, values: [NaN, 2] }]), style)).toBe("single")
    expect(nature(frame([{ metric: "a", run: "r", points: 2, values: [1, 2] }]), style)).toBe("lines")
    expect(nature(frame([{ metric: "a", run: "r", points: 2, nan: [0, 1], values: [NaN, NaN] }]), style)).toBe("marks")
    expect(nature(frame([{ metric: "a", run: "hidden", points: 2, values: [1, 2] }]), style)).toBe("none")
  })
  it("has its own settings over those of the workspace, and gives them back", () => {
    const own = withOption(PLAIN, "loss", { logY: true, smooth: 0.5 })
    expect(effective({ ...PLAIN, smooth: 0.9 }, own.each["loss"])).toMatchObject({ logY: true, smooth: 0.5, x: "step", band: null })
    expect(withOption({ ...PLAIN, ...own }, "loss", { logY: undefined, smooth: undefined }).each).toEqual({})
  })
  it("is smoothed in steps", () => {
    expect([nextSmooth(0, true), nextSmooth(0.5, true), nextSmooth(0.5, false), nextSmooth(0, false)]).toEqual([0.2, 0.6, 0.4, 0])
  })
})

describe("the grid", () => {
  const keys = ["loss", "train/a", "train/b", "train/c", "odd/x"]
  const view = { prefix: "first" as const, shut: ["odd"], top: ["train/b", "gone"], open: false }
  it("is headings and rows of panels; what is shut has no rows, what is pinned is on top", () => {
    const rows = rowsOf(keys, view, 2)
    expect(rows.map((row) => (row.kind === "head" ? `# ${row.name} ${row.size}` : row.keys.join(" ")))).toEqual(
      ["# Pinned 1", "train/b", "# metrics 1", "loss", "# train 3", "train/a train/b", "train/c", "# odd 1"],
    )
    expect(rowsOf(keys, { ...view, open: true }, 2).at(-1)).toMatchObject({ keys: ["odd/x"] })
  })
  it("names a group alike however a number is written", () => expect(["1e-05", "0.00001", "", "adam", null].map(groupName)).toEqual(["0.00001", "0.00001", "", "adam", ""]))
})

describe("sections that were moved", () => {
  const keys = ["a/x", "b/x", "c/x", "d/x"]
  const names = (order: string[]) => rowsOf(keys, { prefix: "first", shut: [], top: [], open: false, order }, 4).flatMap((row) => (row.kind === "head" ? [row.name] : []))
  it("come first, the others behind them as they were", () => {
    expect(names([])).toEqual(["a", "b", "c", "d"])
    expect(names(["c"])).toEqual(["c", "a", "b", "d"])
    expect(names(movedTo(["a", "b", "c", "d"], "d", "b"))).toEqual(["a", "d", "b", "c"])
    expect(names(movedTo(["a", "b", "c", "d"], "a", "c"))).toEqual(["b", "c", "a", "d"])
    expect(movedTo(["a", "b"], "a", "gone")).toEqual(["a", "b"])
  })
})

describe("a part that brings some runs up to date", () => {
  const old = frame([{ metric: "a", run: "r1", points: 3, values: [1, 2, 3] }, { metric: "a", run: "r2", points: 3, values: [4, 5, 6] }])
  const part = (values: number[]) => frame([{ metric: "a", run: "r2", points: values.length, values }])
  it("replaces their lines, and the grid grows as far as they go", () => {
    const made = joined(old, part([4, 5, 6, 7, NaN, NaN]), new Set(["r2"]))
    expect(made?.buckets).toBe(4)
    expect([...(made?.x ?? [])]).toEqual([4.5, 14.5, 24.5, 34.5])
    expect(made?.lines.map((line) => [line.run, [...line.mean], line.index])).toEqual([["r1", [1, 2, 3, NaN], 0], ["r2", [4, 5, 6, 7], 1]])
    expect(made?.extent).toEqual([4.5, 34.5])
  })
  it("takes runs in that had no point before", () => {
    const made = joined(old, frame([{ metric: "a", run: "r3", points: 1, values: [NaN, 9, NaN, NaN] }]), new Set(["r3"]))
    expect(made?.lines.map((line) => line.run)).toEqual(["r1", "r2", "r3"])
    expect(made?.buckets).toBe(3)
  })
  it("does not do when points may lie behind its end, or on another grid", () => {
    expect(joined(old, part([4, 5, 6, 7]), new Set(["r2"]))).toBeNull()
    expect(joined({ ...old, width: 20 }, part([4, 5, NaN, NaN]), new Set(["r2"]))).toBeNull()
  })
})
