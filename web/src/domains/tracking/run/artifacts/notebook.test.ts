import { expect, test } from "vitest"
import { parseNotebook } from "./notebook"

const read = (cells: unknown[], metadata: unknown = {}): ReturnType<typeof parseNotebook> =>
  parseNotebook(JSON.stringify({ nbformat: 4, metadata, cells }))

test("cells keep their kind, source and count", () => {
  const found = read([
    { cell_type: "markdown", source: ["# Hi\n", "there"] },
    { cell_type: "code", source: "1 + 1", execution_count: 3, outputs: [] },
  ])
  expect(found?.cells).toEqual([
    { kind: "markdown", source: "# Hi\nthere", count: null, outputs: [] },
    { kind: "code", source: "1 + 1", count: 3, outputs: [] },
  ])
})

test("an image wins over HTML, and HTML is never kept", () => {
  const found = read([
    {
      cell_type: "code",
      source: "",
      outputs: [
        { output_type: "display_data", data: { "text/html": "<script>1</script>", "image/png": "aGk=\n" } },
        { output_type: "execute_result", data: { "text/html": "<b>x</b>", "text/plain": ["x"] } },
        { output_type: "display_data", data: { "application/javascript": "alert(1)" } },
        { output_type: "display_data", data: { "image/png": '"><script>' } },
      ],
    },
  ])
  expect(found?.cells[0]?.outputs).toEqual([
    { kind: "image", type: "image/png", data: "aGk=" },
    { kind: "text", text: "x", stream: "result" },
    { kind: "hidden", type: "application/javascript" },
    { kind: "hidden", type: "image/png" },
  ])
})

test("streams and errors are text", () => {
  const found = read([
    {
      cell_type: "code",
      source: "",
      outputs: [
        { output_type: "stream", name: "stderr", text: ["a", "b"] },
        { output_type: "error", ename: "ValueError", evalue: "no", traceback: ["\u001b[31mline\u001b[0m", "two"] },
      ],
    },
  ])
  expect(found?.cells[0]?.outputs).toEqual([
    { kind: "text", text: "ab", stream: "stderr" },
    { kind: "error", text: "\u001b[31mline\u001b[0m\ntwo" },
  ])
})

test("the old format with worksheets is read too", () => {
  const found = parseNotebook(JSON.stringify({ worksheets: [{ cells: [{ cell_type: "code", input: ["x"], prompt_number: 1, outputs: [{ output_type: "pyout", text: ["7"], png: "aGk=" }] }] }] }))
  expect(found?.cells[0]).toEqual({ kind: "code", source: "x", count: 1, outputs: [{ kind: "image", type: "image/png", data: "aGk=" }] })
})

test("what is no notebook is none", () => {
  for (const text of ["", "[]", "{}", "not json", "null"]) expect(parseNotebook(text)).toBeNull()
  expect(parseNotebook('{"cells":[1,null,{"cell_type":5}]}')?.cells).toEqual([{ kind: "raw", source: "", count: null, outputs: [] }])
})
