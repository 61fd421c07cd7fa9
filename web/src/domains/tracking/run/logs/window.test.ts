import { expect, test } from "vitest"
import { heightOf, ROW, rowAt, topOf } from "./window"

test("short logs scroll line by line", () => {
  expect(heightOf(1_000)).toBe(1_000 * ROW)
  expect(rowAt(360, 1_000, 600)).toBe(20)
  expect(topOf(20, 1_000, 600)).toBe(360)
})

test("ten million lines reach their first and last line", () => {
  const rows = 10_000_000
  const height = heightOf(rows)
  expect(height).toBeLessThan(10_000_000)
  expect(rowAt(0, rows, 600)).toBe(0)
  expect(rowAt(height - 600, rows, 600)).toBeCloseTo(rows - 600 / ROW, 3)
  expect(rowAt(topOf(7_654_321, rows, 600), rows, 600)).toBeCloseTo(7_654_321, 3)
})
