import { expect, test } from "vitest"
import { arranged, parseCsv, sheetOf } from "./sheet"

test("quotes, commas, line breaks and empty cells are read", () => {
  const sheet = parseCsv('a,b,c\r\n1,"x, ""y""\nz",\r\n2,<b>,3\r\n')
  expect(sheet.columns).toEqual(["a", "b", "c"])
  expect(sheet.rows).toEqual([[1, 'x, "y"\nz', null], [2, "<b>", 3]])
})

test("codes with leading zeros and long numbers stay text", () => {
  expect(parseCsv("id,n\n007,12345678901234567890\n008,1").rows).toEqual([["007", "12345678901234567890"], ["008", "1"]])
})

test("short and long rows, a missing last line break, an open quote", () => {
  expect(parseCsv("a,b\n1\n2,3,4").rows).toEqual([[1, null, null], [2, 3, 4]])
  expect(parseCsv('a\n"open').rows).toEqual([["open"]])
  expect(parseCsv("").columns).toEqual([])
})

test("JSON tables of three kinds", () => {
  expect(sheetOf({ columns: ["a"], data: [[1]] })).toEqual({ columns: ["a"], rows: [[1]], cut: false })
  expect(sheetOf([{ a: 1 }, { b: 2 }])?.rows).toEqual([[1, undefined], [undefined, 2]])
  expect(sheetOf({ a: 1 })).toBeNull()
  expect(sheetOf([1, 2])).toBeNull()
})

test("sorting keeps empty cells last, filtering looks at every cell", () => {
  const sheet = parseCsv("a,b\n10,x\n,y\n9,X")
  expect(arranged(sheet, "", 0, false)).toEqual([2, 0, 1])
  expect(arranged(sheet, "", 0, true)).toEqual([0, 2, 1])
  expect(arranged(sheet, "x", null, false)).toEqual([0, 2])
})
