import { expect, test } from "vitest"
import { editable, matching, treeRows, typed } from "./values"

const none = new Set<string>()

test("dots make groups, a group of one is its value", () => {
  const rows = treeRows({ "a.b": 1, "a.c": 2, "x.y.z": 3, lr: 0.1 }, none)
  expect(rows.map((row) => [row.depth, row.label, row.group])).toEqual([
    [0, "a", true],
    [1, "b", false],
    [1, "c", false],
    [0, "lr", false],
    [0, "x.y.z", false],
  ])
})

test("a closed group hides what is below it", () => {
  expect(treeRows({ "a.b": 1, "a.c": 2 }, new Set(["a."])).map((row) => row.label)).toEqual(["a"])
})

test("a key may be a value and a group", () => {
  expect(treeRows({ a: 1, "a.b": 2, "a.c": 3 }, none).map((row) => [row.label, row.group])).toEqual([["a", false], ["a", true], ["b", false], ["c", false]])
})

test("odd keys do no harm", () => {
  expect(treeRows({ "": 1, ".": 2, "__proto__": 3, "a..b": 4 } as Record<string, unknown>, none).filter((row) => !row.group).length).toBeGreaterThanOrEqual(3)
})

test("ten thousand keys are quick", () => {
  const values = Object.fromEntries(Array.from({ length: 10_000 }, (_, at) => [`g${at % 100}.k${at}`, at]))
  const start = performance.now()
  expect(treeRows(values, none).length).toBe(10_100)
  expect(performance.now() - start).toBeLessThan(500)
})

test("search looks at keys and values", () => {
  expect(Object.keys(matching({ lr: 1, name: "AdamW", x: { adam: 2 }, y: 3 }, "adam"))).toEqual(["name", "x"])
})

test("what is typed is JSON when it can be, and editing gives the same value back", () => {
  for (const value of [1, "1", "true", true, null, "null", "a b", '"q"', [1, 2], { a: 1 }, "12345678901234567890", ""]) expect(typed(editable(value))).toEqual(value)
})
