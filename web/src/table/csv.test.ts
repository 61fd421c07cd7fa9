import { describe, expect, test } from "vitest"
import { csvCell, toCsv, toMarkdown } from "./csv"

describe("tables as texts", () => {
  test("a text that a spreadsheet would run is written as a text", () => {
    for (const text of ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", " =1"]) expect(csvCell(text).replace(/^"/, "")).toMatch(/^'/)
  })

  test("numbers stay numbers, also as texts and when negative", () => {
    expect([csvCell(-1.5), csvCell("-1.5"), csvCell("+3e-4"), csvCell(NaN), csvCell(-Infinity), csvCell(null)]).toEqual(["-1.5", "-1.5", "+3e-4", "NaN", "-inf", ""])
  })

  test("quotes, commas and line breaks are quoted", () => {
    expect(toCsv(["a", 'b"c'], [["x,y", "line\nbreak"]])).toBe('a,"b""c"\r\n"x,y","line\nbreak"\r\n')
  })

  test("nothing in a cell of Markdown ends the cell or becomes HTML", () => {
    expect(toMarkdown(["k"], [["a|b\n<script>"]])).toBe("| k |\n| --- |\n| a\\|b \\<script\\> |\n")
  })
})
