import { describe, expect, it } from "vitest"
import { parseSearch, stringifySearch } from "~/search"
import { trackingSearch } from "~/domains/tracking/search"
import { PLAIN, readView, toggled, writeView, type View } from "./state"
import { matcher, ordered, prefixOf, sectioned } from "./sections"
import { change, redo, reset, undo, useWorkspace } from "./store"

const through = (view: View): View => readView(trackingSearch(parseSearch(stringifySearch(writeView(view)))) as Record<string, unknown>)

describe("the address", () => {
  it("of a plain view is plain", () => expect(stringifySearch(writeView(PLAIN))).toBe(""))
  it("carries everything there and back", () => {
    const view: View = {
      q: "params.`a, b` = 'x;y' AND metrics.loss < 0.5", find: "^r;\\d+", sort: ["metrics.val/loss ASC", "name DESC"], group: "params.lr", band: "ci95", facet: "params.opt",
      x: "metric:epoch", smooth: 0.6, logX: true, logY: true, clip: true, draw: Infinity, hide: ["bcd1234567"], show: ["0123456789", "abcdefabcd"],
      pins: ["0123456789"], baseline: "0123456789", colours: { "0123456789": "4", abcdefabcd: "#ff8800" }, cols: ["params.a,b", "metrics.loss"],
      panels: "^val/(loss|acc)", prefix: "last", shut: ["a,b;c\\d", "🔥"], order: ["val", "a,b"], titles: { "a;b": "Of \"interest\", 1" }, top: ["x/y"], each: { "we\"ird;\\/key,🔥": { logY: true, smooth: 0.2, min: -1, x: "time", band: "std" } },
      full: "val/loss", range: [10, 2000.5], live: false, size: "l", v: "view1",
    }
    expect(through(view)).toEqual(view)
  })
  it("with eyes open on a few runs alone is short", () => {
    expect(stringifySearch(writeView({ ...PLAIN, draw: 0, show: ["0123456789"] }))).toBe("?only=0123456789")
    expect(through({ ...PLAIN, draw: 0 }).draw).toBe(0)
  })
  it("of nonsense is a plain view", () => {
    expect(readView({ x: "sideways", smooth: "much", band: "wide", layout: "n:-3;range:5,1;each:{oops;colours:zz;size:xl", hide: "<script>" })).toEqual({ ...PLAIN, draw: 0 })
  })
})

describe("eyes", () => {
  it("are exceptions from what is drawn", () => {
    const long = "f".repeat(22) + "0123456789"
    expect(toggled(PLAIN, long, true, true)).toEqual({ hide: ["0123456789"], show: [] })
    expect(toggled({ ...PLAIN, hide: ["0123456789"] }, long, false, true)).toEqual({ hide: [], show: [] })
    expect(toggled(PLAIN, long, false, false)).toEqual({ hide: [], show: ["0123456789"] })
  })
})

describe("sections", () => {
  it("are the prefixes, plain metrics first and the system last", () => {
    expect(sectioned(["system/gpu", "loss", "val/b", "train/a", "val/a2", "val/a10"]).map((each) => each.name)).toEqual(["metrics", "train", "val", "system"])
  })
  it("take the first or the last slash", () => {
    expect(prefixOf("a/b/c")).toBe("a")
    expect(prefixOf("a/b/c", "last")).toBe("a/b")
    expect(prefixOf("/leading")).toBe("metrics")
  })
  it("hold keys in natural order", () => expect(ordered(["l10", "l2", "L1"])).toEqual(["L1", "l2", "l10"]))
  it("are searched 10,000 keys within 50 ms", () => {
    const keys = Array.from({ length: 10_000 }, (_, at) => `layer.${at % 100}/head${at % 25}/m${at}`)
    const began = performance.now()
    const found = sectioned(keys.filter(matcher("head1[0-9]/.*7$")))
    expect(found.length).toBeGreaterThan(0)
    expect(performance.now() - began).toBeLessThan(50)
  })
  it("look for a broken expression as it stands", () => {
    const found = matcher("loss[")
    expect(found.fault).toBeTruthy()
    expect(found("val/loss[0]")).toBe(true)
  })
})

describe("undo", () => {
  it("goes back and forth, a drag in one step", () => {
    reset(PLAIN)
    change({ smooth: 0.1 }, "~smooth")
    change({ smooth: 0.2 }, "~smooth")
    change({ logY: true }, "log y")
    expect(undo()).toBe(true)
    expect(useWorkspace.getState().view).toMatchObject({ smooth: 0.2, logY: false })
    undo()
    expect(useWorkspace.getState().view.smooth).toBe(0)
    expect(undo()).toBe(false)
    redo()
    redo()
    expect(useWorkspace.getState().view).toMatchObject({ smooth: 0.2, logY: true })
  })
})
