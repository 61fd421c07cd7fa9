import { expect, test } from "vitest"
import { ansiSpans, stripAnsi } from "./ansi"

const E = "\u001b"

test("a plain line is one span", () => {
  expect(ansiSpans("step 1 <b>loss</b>")).toEqual([{ text: "step 1 <b>loss</b>" }])
  expect(ansiSpans("")).toEqual([])
})

test("colours begin and end where they are told to", () => {
  const spans = ansiSpans(`a ${E}[31mred${E}[0m b ${E}[1;32mbold${E}[22m thin${E}[39m c`)
  expect(spans.map((span) => span.text)).toEqual(["a ", "red", " b ", "bold", " thin", " c"])
  expect(spans[1]?.fg).toContain("light-dark")
  expect(spans[2]?.fg).toBeUndefined()
  expect(spans[3]?.bold).toBe(true)
  expect(spans[4]?.bold).toBeUndefined()
  expect(spans[4]?.fg).toBe(spans[3]?.fg)
  expect(spans[5]?.fg).toBeUndefined()
})

test("an empty code resets", () => {
  expect(ansiSpans(`${E}[1ma${E}[mb`)[1]).toEqual({ text: "b" })
})

test("256 colours and true colours use their arguments up", () => {
  const spans = ansiSpans(`${E}[38;5;196;1mx${E}[0;48;2;1;2;3my`)
  expect(spans[0]?.fg).toContain("rgb(255 0 0)")
  expect(spans[0]?.bold).toBe(true)
  expect(spans[1]?.bg).toContain("rgb(1 2 3)")
  expect(spans[1]?.bold).toBeUndefined()
})

test("colons separate codes too", () => {
  expect(ansiSpans(`${E}[38:5:21mx`)[0]?.fg).toContain("rgb(0 0 255)")
})

test("inverse swaps text and ground", () => {
  const [span] = ansiSpans(`${E}[7mx`)
  expect(span).toEqual({ text: "x", fg: "var(--bg)", bg: "var(--text)" })
})

test("moves, titles and links leave only their text", () => {
  expect(stripAnsi(`${E}[2K${E}[1A${E}]0;title\u0007go ${E}]8;;http://x${E}\\here${E}]8;;${E}\\`)).toBe("go here")
  expect(ansiSpans(`${E}]8;;javascript:alert(1)\u0007x${E}]8;;\u0007`).map((span) => span.text)).toEqual(["x"])
})

test("a cut-off sequence and control characters do no harm", () => {
  expect(stripAnsi(`a\u0000b\u0007${E}[`)).toBe("ab")
  expect(stripAnsi(`tab\tstays`)).toBe("tab\tstays")
})

test("a long line of colours is quick", () => {
  const line = `${E}[32mok${E}[0m `.repeat(20_000)
  const start = performance.now()
  expect(ansiSpans(line).length).toBe(40_000)
  expect(performance.now() - start).toBeLessThan(500)
})
