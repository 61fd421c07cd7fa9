import { describe, expect, test } from "vitest"
import type { RunKeys } from "~/api/types_gen"
import { better, goalByName } from "./goals"
import { repack, unpack } from "./packed"
import { columnOf, neededColumns, nextSort, readTable, usualColumns, writeSort } from "./state"
import { searchOf, stateOf } from "./ViewsMenu"

const keys: RunKeys = { runs: 3, params: [{ key: "lr", runs: 3, kind: "number" }], tags: [], summary: [], metrics: [{ key: "loss", runs: 3, kind: "number" }, { key: "system/cpu", runs: 3, kind: "number" }] }

describe("the state of the table", () => {
  test("orders of the filter language become columns and back", () => {
    for (const [field, column] of [["run_name", "name"], ["metrics.loss", "metrics.loss.last"], ["min(metrics.loss)", "metrics.loss.min"], ["best(metrics.`a b`)", "metrics.a b.best"], ["params.`x y`", "params.x y"], ["start_time", "start_ms"]] as const) {
      expect(columnOf(field)).toBe(column)
      expect(columnOf(writeSort([{ id: column, desc: false }])![0]!.replace(/ ASC$/, ""))).toBe(column)
    }
  })

  test("clicks go from ascending to descending to none, shift adds one more order", () => {
    const one = nextSort([], "a", false, false)
    expect(one).toEqual([{ id: "a", desc: false }])
    expect(nextSort(one, "a", false, false)).toEqual([{ id: "a", desc: true }])
    expect(nextSort([{ id: "a", desc: true }], "a", false, false)).toEqual([])
    expect(nextSort(one, "b", true, true)).toEqual([...one, { id: "b", desc: true }])
  })

  test("the name comes first and is always pinned; the usual columns leave system metrics out", () => {
    const state = readTable({ cols: ["params.lr", "name", "params.lr"], layout: "pin2.roomy" }, keys)
    expect(state).toMatchObject({ columns: ["name", "params.lr"], pinned: 2, roomy: true })
    expect(usualColumns(keys)).toEqual(["name", "state", "start_ms", "duration", "user", "metrics.loss.last", "params.lr"])
  })

  test("what is sorted or grouped by is asked for even when it is hidden", () => {
    expect(neededColumns(readTable({ cols: ["name"], sort: ["min(metrics.loss) DESC"], group: ["params.lr"] }, keys))).toEqual(["metrics.loss.min", "params.lr"])
  })

  test("a view of the charts is read by the table, and keeps what only the charts know", () => {
    const state = { q: "metrics.loss < 1", sort: "metrics.loss ASC", panels: "val", each: { loss: { logY: true } } }
    expect(searchOf({ id: "v1", state })).toMatchObject({ v: "v1", q: "metrics.loss < 1", sort: ["metrics.loss ASC"], cols: undefined })
    expect(stateOf({ sort: ["params.lr DESC"], cols: ["name"] }, state)).toEqual({ sort: "params.lr DESC", cols: ["name"], panels: "val", each: { loss: { logY: true } } })
  })

  test("names in the view param of other pages are left alone", () => {
    expect(unpack(repack("e.y=metrics.a%26b&c.all=1", { "c.all": "", "c.find": "lr=1" }))).toEqual({ "e.y": "metrics.a&b", "c.find": "lr=1" })
    expect(repack("c.all=1", { "c.all": "" })).toBeUndefined()
  })

  test("goals are guessed by whole words only", () => {
    expect([goalByName("val/loss"), goalByName("glossary"), goalByName("train_acc"), goalByName("accident"), goalByName("F1"), goalByName("score")]).toEqual(["min", null, "max", null, "max", "max"])
    expect([better(1, 2, "min"), better(1, 2, "max"), better(1, 2, null), better(NaN, 2, "min")]).toEqual([1, -1, 0, 0])
  })
})
