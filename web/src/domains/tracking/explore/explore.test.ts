import { describe, expect, test } from "vitest"
import { ready } from "~/charts/parallelModel"
import { toText } from "../runs/filter_text"
import { RunRows } from "../runs/rows"
import { axisOf, clausesOf, isLog, pointsOf } from "./model"
import { likelyMetric, readBrushes, usualAxes, writeBrushes } from "./state"

const rows = new RunRows(
  { ids: ["a", "b", "c", "d"], total: 4, columns: [{ name: "params.lr", kind: "number" }, { name: "params.model", kind: "text", dictionary: ["cnn", "vit"] }, { name: "metrics.loss.last", kind: "number", nan: [3] }] },
  new Map<string, Float64Array | Int32Array>([
    ["params.lr", Float64Array.from([1e-5, 1e-3, 1e-1, NaN])],
    ["params.model", Int32Array.from([0, 1, 1, -1])],
    ["metrics.loss.last", Float64Array.from([3, 1, 2, NaN])],
  ]),
)

describe("exploring runs", () => {
  test("a param over many decades gets an axis of powers, one with zero or texts does not", () => {
    expect([isLog([1e-5, 1e-1, null]), isLog([0, 1e9]), isLog([1, 2]), isLog(["a"])]).toEqual([true, false, false, false])
    expect(axisOf(rows, "params.lr").log).toBe(true)
  })

  test("brushes become conditions that find the brushed runs", () => {
    const axes = [axisOf(rows, "params.lr"), axisOf(rows, "params.model"), axisOf(rows, "metrics.loss.last")]
    const middle = ready(axes[0]!).shares[1]!
    const clauses = clausesOf(axes, rows, { "params.lr": [middle - 0.1, 1], "params.model": [0.9, 1] })
    expect(toText(clauses.map((clause) => [clause]))).toBe("params.lr BETWEEN 0.001 AND 0.1 AND params.model IN ('vit')")
  })

  test("runs without one of the numbers are no points", () => {
    const [x, y] = [axisOf(rows, "params.lr"), axisOf(rows, "metrics.loss.last")]
    expect(pointsOf(rows, x, y, null, null).map((point) => point.id)).toEqual(["a", "b", "c"])
    expect(pointsOf(rows, x, y, null, new Set(["b"])).map((point) => point.id)).toEqual(["b"])
  })

  test("brushes survive the address and nonsense there counts as none", () => {
    const brushes = { "params.a=b&c": [0.25, 0.5] as [number, number] }
    expect(readBrushes(writeBrushes(brushes))).toEqual(brushes)
    for (const text of ["", "[1]", "{", '{"a":[2,1]}', '{"a":"x"}', "null", "7"]) expect(readBrushes(text)).toEqual({})
  })

  test("the likely metric is one of validation whose name says which way is better", () => {
    const key = (name: string, runs: number) => ({ key: name, runs, kind: "number" as const })
    const keys = { runs: 10, params: [], tags: [], summary: [], metrics: [key("grad/norm", 10), key("loss", 10), key("val/loss", 10), key("system/cpu", 10)] }
    expect(likelyMetric(keys)).toBe("metrics.val/loss.last")
    expect(likelyMetric(undefined)).toBe("")
  })

  test("params that do not vary and seeds are no usual axes", () => {
    const param = (name: string, distinct: number) => ({ param: name, kind: "number" as const, n: 10, distinct, importance: 0.1, importance_low: 0, importance_high: 0.2, correlation: null, correlation_low: null, correlation_high: null, helps: null })
    expect(usualAxes({ metric: "loss", runs: 10, total: 10, explained: 0.5, params: [param("seed", 10), param("lr", 5), param("epochs", 1)], note: "", took_ms: 1 }, undefined)).toEqual(["params.lr"])
  })
})
