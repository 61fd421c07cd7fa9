import { describe, expect, test } from "vitest"
import type { MetricSummary, Run } from "~/api/types_gen"
import { bestOf, compareRows, gathered, setups, shownRows } from "./diff"

const summary = (last: number, min = last, max = last, best: number | null = null): MetricSummary => ({ last, step: 1, time_ms: 0, count: 2, min, max, mean: last, best, nans: 0 })
const run = (id: string, more: Partial<Run>): Run => ({
  id, experiment_id: "1", name: id, kind: "training", state: "finished", lifecycle: "active", user: "", parent_id: null, group: "", notes: "", created_ms: 0,
  start_ms: 0, end_ms: 1, heartbeat_ms: null, deleted_ms: null, stop_requested: false, forked_from: null, fork_step: null, artifact_uri: "", params: {}, tags: {},
  metrics: {}, summary: {}, dataset_inputs: [], model_inputs: [], model_outputs: [], origin: null, ...more,
})
const find = (rows: ReturnType<typeof compareRows>, section: string, key: string) => rows.find((row) => row.section === section && row.key === key)

describe("runs side by side", () => {
  test("a key that one run lacks is a difference", () => {
    const rows = compareRows([run("a", { params: { lr: 0.1, same: 1 } }), run("b", { params: { same: 1 } })], "last")
    expect(find(rows, "Params", "lr")).toMatchObject({ cells: [0.1, null], differs: true })
    expect(find(rows, "Params", "same")?.differs).toBe(false)
  })

  test("nested params and truth values are compared by what they say, NaN equals NaN", () => {
    const rows = compareRows([run("a", { params: { on: true, list: [1, 2] }, metrics: { x: summary(NaN) } }), run("b", { params: { on: true, list: [1, 2] }, metrics: { x: summary(NaN) } })], "last")
    expect(rows.every((row) => !row.differs)).toBe(true)
  })

  test("the best metric follows the declared goal before the name", () => {
    const runs = [run("a", { metrics: { loss: summary(0.3, 0.2, 0.5, 0.5), other: summary(1) } }), run("b", { metrics: { loss: summary(0.1, 0.1, 0.9, 0.9), other: summary(2) } })]
    expect(find(compareRows(runs, "last"), "Metrics", "loss")).toMatchObject({ goal: "max", best: [0] })
    expect(find(compareRows(runs, "best"), "Metrics", "loss")).toMatchObject({ cells: [0.5, 0.9], best: [1] })
    expect(find(compareRows(runs, "last"), "Metrics", "other")).toMatchObject({ goal: null, best: [] })
  })

  test("nothing is best where all are alike, and ties are best together", () => {
    expect(bestOf([1, 1, null], "min")).toEqual([])
    expect(bestOf([2, 1, 1, NaN, null], "min")).toEqual([1, 2])
    expect(bestOf([1, 3, 2], "max")).toEqual([1])
  })

  test("runs of one set-up share a letter whatever came out, seed left aside", () => {
    const runs = [run("a", { params: { lr: 1, seed: 1 }, metrics: { x: summary(1) } }), run("b", { params: { lr: 2, seed: 1 } }), run("c", { params: { lr: 1, seed: 2 }, metrics: { x: summary(2) } })]
    const letters = setups(compareRows(runs, "last"), 3)
    expect(letters).toEqual(["A", "B", "A"])
    expect(gathered(letters, -1)).toEqual([0, 2, 1])
    expect(gathered(letters, 1)).toEqual([1, 0, 2])
  })

  test("what is shown differs and holds the words", () => {
    const rows = compareRows([run("a", { params: { "opt.lr": 1, "opt.eps": 1, depth: 2 } }), run("b", { params: { "opt.lr": 2, "opt.eps": 1, depth: 3 } })], "last")
    expect(shownRows(rows, true, "").map((row) => row.key)).toEqual(["depth", "opt.lr"])
    expect(shownRows(rows, false, "OPT e").map((row) => row.key)).toEqual(["opt.eps"])
  })
})
