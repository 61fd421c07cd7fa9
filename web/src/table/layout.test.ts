import { expect, test } from "vitest"
import { layoutOf, moved, shownColumns, type ViewColumn } from "./columns"
import { rangeOf, toggled, toggledAll } from "./selection"

const column = (id: string, pinned: boolean): ViewColumn => ({ id, title: id, width: 100, pinned, right: false, sortable: true, cell: () => null })

test("pinned columns lie first and only the seen ones of the others are drawn", () => {
  const columns = [column("a", true), ...Array.from({ length: 50 }, (_, at) => column(`c${at}`, false))]
  const layout = layoutOf(columns)
  expect([layout.pinned, layout.pinnedWidth, layout.total]).toEqual([1, 136, 36 + 51 * 100])
  expect(shownColumns(columns, layout, 0, 500)).toEqual([1, 6])
  const [first, last] = shownColumns(columns, layout, 2000, 500)
  expect(layout.lefts[first]! <= 2136 && layout.lefts[last - 1]! >= 2400).toBe(true)
})

test("a column moves before or behind another", () => {
  expect(moved(["a", "b", "c"], "a", "c", true)).toEqual(["b", "c", "a"])
  expect(moved(["a", "b", "c"], "c", "a", false)).toEqual(["c", "a", "b"])
  expect(moved(["a", "b"], "a", "a", true)).toEqual(["a", "b"])
})

test("a range takes rows of both directions and no heads of groups", () => {
  const entries = Int32Array.from([-1, 4, 5, -2, 6])
  expect(rangeOf(entries, 4, 1)).toEqual([4, 5, 6])
  expect(rangeOf(entries, 0, 2)).toEqual([4, 5])
})

test("toggling all takes all in, and all out when all are in", () => {
  expect([...toggledAll(new Set(["a"]), ["a", "b"])]).toEqual(["a", "b"])
  expect([...toggledAll(new Set(["a", "b"]), ["a", "b"])]).toEqual([])
  expect([...toggled(new Set(["a"]), "a")]).toEqual([])
})
