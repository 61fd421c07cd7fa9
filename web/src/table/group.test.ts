import { describe, expect, test } from "vitest"
import { allRows, wordsOf, type Data } from "./data"
import { flatten, groupRows, statsOf } from "./group"

const numbers = (values: number[]): Data => ({ kind: "number", values: Float64Array.from(values), nan: null })

describe("groups of rows", () => {
  test("groups are in natural order, rows without a value in the last one", () => {
    const groups = groupRows(allRows(5), [numbers([10, 2, NaN, 2, 10])], false)
    expect(groups.map((group) => group.values[0])).toEqual([2, 10, null])
    expect(groups.map((group) => [...group.rows])).toEqual([[1, 3], [0, 4], [2]])
  })

  test("with an order of rows, groups come as their first rows do", () => {
    const groups = groupRows(Uint32Array.from([2, 0, 1]), [wordsOf(["a", "b", "c"])], true)
    expect(groups.map((group) => group.values[0])).toEqual(["c", "a", "b"])
  })

  test("several columns make groups of their combinations", () => {
    const groups = groupRows(allRows(4), [wordsOf(["a", "a", "b", "b"]), numbers([1, 2, 1, 1])], false)
    expect(groups.map((group) => group.values)).toEqual([["a", 1], ["a", 2], ["b", 1]])
    expect(new Set(groups.map((group) => group.key)).size).toBe(3)
  })

  test("numbers about a group leave out rows without one", () => {
    expect(statsOf(allRows(4), Float64Array.from([1, NaN, 3, 5]))).toEqual({ n: 3, mean: 3, min: 1, max: 5 })
    expect(statsOf(allRows(1), Float64Array.from([NaN])).n).toBe(0)
  })

  test("open groups show their rows below their head", () => {
    const groups = groupRows(allRows(3), [wordsOf(["a", "b", "a"])], false)
    expect([...flatten(groups, new Set())]).toEqual([-1, -2])
    expect([...flatten(groups, new Set([groups[0]!.key]))]).toEqual([-1, 0, 2, -2])
  })
})
