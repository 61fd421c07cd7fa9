import { expect, test } from "vitest"
import { inline, parseMarkdown, safeHref } from "./markdown"

test("headings, paragraphs and rules are told apart", () => {
  const found = parseMarkdown("# One #\ntwo\nlines\n\n---\n### Three")
  expect(found.map((block) => block.kind)).toEqual(["heading", "paragraph", "rule", "heading"])
})

test("HTML stays text", () => {
  const text = `<script>alert(1)</script> <img src=x onerror=alert(1)>`
  expect(parseMarkdown(text)).toEqual([{ kind: "paragraph", children: [{ kind: "text", text }] }])
})

test("links of dangerous kinds are no links", () => {
  for (const href of ["javascript:alert(1)", " JaVaScRiPt:alert(1)", "data:text/html,x", "//evil.example", "/\\evil", "vbscript:x", "java\u0000script:x"]) {
    expect(safeHref(href)).toBeNull()
  }
  expect(inline("[x](javascript:alert(1))")).toEqual([{ kind: "text", text: "[x](javascript:alert(1))" }])
  expect(safeHref("https://a.example/b")).toBe("https://a.example/b")
  expect(safeHref("/w/default")).toBe("/w/default")
})

test("emphasis nests and snake_case stays", () => {
  expect(inline("**a *b* c** and snake_case_name")).toEqual([
    { kind: "strong", children: [{ kind: "text", text: "a " }, { kind: "em", children: [{ kind: "text", text: "b" }] }, { kind: "text", text: " c" }] },
    { kind: "text", text: " and snake_case_name" },
  ])
})

test("code is left alone", () => {
  expect(inline("`**a** <b>` b")).toEqual([{ kind: "code", text: "**a** <b>" }, { kind: "text", text: " b" }])
  expect(parseMarkdown("```py\n# x\n```\nafter")).toEqual([
    { kind: "code", language: "py", text: "# x" },
    { kind: "paragraph", children: [{ kind: "text", text: "after" }] },
  ])
  expect(parseMarkdown("```\nopen")).toEqual([{ kind: "code", language: "", text: "open" }])
})

test("lists nest and have tasks", () => {
  const [list] = parseMarkdown("- [x] done\n- [ ] open\n  - inner\n\nafter")
  expect(list).toMatchObject({ kind: "list", start: null, items: [{ done: true }, { done: false }] })
  if (list?.kind !== "list") throw new Error("no list")
  expect(list.items[1]?.blocks.map((block) => block.kind)).toEqual(["paragraph", "list"])
  expect(parseMarkdown("3. a\n4. b")).toMatchObject([{ kind: "list", start: 3, items: [{}, {}] }])
})

test("tables have alignment and whole rows", () => {
  const [table] = parseMarkdown("| a | b |\n|---|--:|\n| 1 | 2 |\n| 3 |")
  expect(table).toMatchObject({ kind: "table", align: ["left", "right"] })
  if (table?.kind !== "table") throw new Error("no table")
  expect(table.rows.map((row) => row.length)).toEqual([2, 2])
})

test("bare addresses become links without the full stop", () => {
  expect(inline("see https://a.example/x.")).toEqual([
    { kind: "text", text: "see " },
    { kind: "link", href: "https://a.example/x", children: [{ kind: "text", text: "https://a.example/x" }] },
    { kind: "text", text: "." },
  ])
})

test("hostile texts are quick", () => {
  const start = performance.now()
  for (const text of ["*".repeat(3_000), "[".repeat(3_000), "`".repeat(3_001), "> ".repeat(2_000), "_a".repeat(3_000), "- ".repeat(2_000), "<".repeat(5_000), "https://".repeat(1_000)]) parseMarkdown(text)
  expect(performance.now() - start).toBeLessThan(3_000)
})
