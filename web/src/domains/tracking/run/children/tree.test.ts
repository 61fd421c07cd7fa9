import { expect, test } from "vitest"
import type { Run } from "~/api/types_gen"
import { childRows } from "./tree"

const run = (id: string, parent_id: string): Run => ({ id, parent_id }) as Run
const none = new Set<string>()

test("children hang below their parents, with how many are below them", () => {
  const rows = childRows([run("a", "r"), run("b", "a"), run("c", "b"), run("d", "r")], "r", none)
  expect(rows.map((row) => [row.run.id, row.depth, row.below])).toEqual([["a", 0, 2], ["b", 1, 1], ["c", 2, 0], ["d", 0, 0]])
})

test("a closed run hides what is below it", () => {
  expect(childRows([run("a", "r"), run("b", "a")], "r", new Set(["a"])).map((row) => row.run.id)).toEqual(["a"])
})

test("orphans hang on the root and circles end", () => {
  expect(childRows([run("a", "gone")], "r", none).map((row) => row.run.id)).toEqual(["a"])
  expect(childRows([run("a", "b"), run("b", "a")], "r", none)).toEqual([])
})
