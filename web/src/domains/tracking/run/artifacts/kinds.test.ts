import { expect, test } from "vitest"
import { folderOf, kindOf, nameOf } from "./kinds"

const kind = (path: string, media_type = "application/octet-stream"): string => kindOf({ path, media_type })

test("files are told by the end of their name, then by their type", () => {
  expect(kind("a/b.PNG")).toBe("image")
  expect(kind("logo.svg")).toBe("svg")
  expect(kind("model/MLmodel")).toBe("text")
  expect(kind("conda.yaml")).toBe("text")
  expect(kind("x.ipynb")).toBe("notebook")
  expect(kind("weights.bin")).toBe("binary")
  expect(kind("notes", "text/plain")).toBe("text")
  expect(kind("page.html", "image/png")).toBe("html")
})

test("a path has a folder and a name", () => {
  expect([folderOf("a/b/c"), nameOf("a/b/c"), folderOf("c")]).toEqual(["a/b", "c", ""])
})
