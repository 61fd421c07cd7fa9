import { describe, expect, it } from "vitest"
import { cell, fieldFor, labelOf, metricOf } from "./columns"
import { found } from "./FieldPicker"
import { RunRows } from "./rows"

const A = "0".repeat(22) + "aaaaaaaaaa"
const B = "0".repeat(22) + "bbbbbbbbbb"
const rows = new RunRows(
  {
    ids: [A, B], total: 7,
    columns: [
      { name: "name", kind: "text", dictionary: ["first"] },
      { name: "metrics.loss", kind: "number", nan: [1] },
      { name: "metrics.acc", kind: "number" },
      { name: "duration", kind: "number" },
    ],
  },
  new Map<string, Int32Array | Float64Array>([
    ["name", Int32Array.from([0, -1])],
    ["metrics.loss", Float64Array.from([0.5, NaN])],
    ["metrics.acc", Float64Array.from([0.25, NaN])],
    ["duration", Float64Array.from([65_000, NaN])],
  ]),
)

describe("rows", () => {
  it("tell a NaN that was logged from a value that is not there", () => {
    expect(rows.value("metrics.loss", 1)).toBeNaN()
    expect(rows.value("metrics.acc", 1)).toBeNull()
    expect(rows.value("metrics.acc", 0)).toBe(0.25)
    expect(rows.value("nothing", 0)).toBeNull()
  })
  it("go by their id where they have no name", () => expect([rows.name(0), rows.name(1)]).toEqual(["first", B]))
  it("are found by whole and by short ids", () => {
    expect([rows.rowOf(A), rows.rowOf("bbbbbbbbbb"), rows.rowOf("cccccccccc")]).toEqual([0, 1, -1])
    expect(rows.idOf("aaaaaaaaaa")).toBe(A)
  })
})

describe("columns", () => {
  it("name a metric and which of its numbers", () => {
    expect(metricOf("metrics.val/loss.min")).toEqual({ key: "val/loss", stat: "min" })
    expect(metricOf("metrics.layer.0")).toEqual({ key: "layer.0", stat: "last" })
    expect(metricOf("params.lr")).toBeNull()
    expect(labelOf("metrics.val/loss.min")).toBe("val/loss (min)")
  })
  it("are fields of filters and orders", () => {
    expect(fieldFor("metrics.val loss.max")).toBe("max(metrics.`val loss`)")
    expect(fieldFor("start_ms")).toBe("start_time")
    expect(fieldFor("params.model.depth")).toBe("params.model.depth")
  })
  it("are shown as people read them", () => {
    expect(cell(rows, "duration", 0)).toBe("1m 05s")
    expect(cell(rows, "metrics.loss", 1)).toBe("NaN")
    expect(cell(rows, "metrics.acc", 1)).toBe("")
  })
  it("are found by parts of their names, those that begin with it first", () => {
    const options = ["params.weight", "metrics.val/loss", "metrics.loss"].map((column) => ({ column }))
    expect(found(options, "loss").map((each) => each.column)).toEqual(["metrics.loss", "metrics.val/loss"])
    expect(found(options, "met val").map((each) => each.column)).toEqual(["metrics.val/loss"])
  })
})
