import { expect, test } from "vitest"
import { changedPart, parseDiff, sideBySide } from "./diff"

const GIT = `diff --git a/train.py b/train.py
index 111..222 100644
--- a/train.py
+++ b/train.py
@@ -1,4 +1,5 @@ def main():
 import torch
-lr = 0.1
+lr = 0.01
+batch = 64
 
 run()
diff --git a/new file.txt b/new file.txt
new file mode 100644
--- /dev/null
+++ b/new file.txt
@@ -0,0 +1 @@
+<script>alert(1)</script>
\\ No newline at end of file
diff --git a/gone.py b/gone.py
deleted file mode 100644
--- a/gone.py
+++ /dev/null
@@ -1 +0,0 @@
-x
diff --git a/a.bin b/a.bin
Binary files a/a.bin and b/a.bin differ
diff --git a/old.py b/renamed.py
similarity index 100%
rename from old.py
rename to renamed.py
`

test("files, hunks and numbers are found", () => {
  const files = parseDiff(GIT)
  expect(files.map((file) => [file.path, file.status, file.added, file.removed])).toEqual([
    ["train.py", "changed", 2, 1],
    ["new file.txt", "added", 1, 0],
    ["gone.py", "deleted", 0, 1],
    ["a.bin", "binary", 0, 0],
    ["renamed.py", "renamed", 0, 0],
  ])
  expect(files[0]?.hunks[0]?.header).toBe("def main():")
  expect(files[0]?.hunks[0]?.lines.map((line) => [line.kind, line.old, line.new])).toEqual([
    ["same", 1, 1],
    ["del", 2, null],
    ["add", null, 2],
    ["add", null, 3],
    ["same", 3, 4],
    ["same", 4, 5],
  ])
})

test("lines that look like headers inside a hunk are lines", () => {
  const [file] = parseDiff("--- a/x.sql\n+++ b/x.sql\n@@ -1,2 +1,2 @@\n--- comment\n+-- other\n++++ b/plus\n-x\n")
  expect(file?.hunks[0]?.lines.map((line) => line.text)).toEqual(["-- comment", "-- other", "+++ b/plus", "x"])
})

test("a plain diff without git's lines works too", () => {
  expect(parseDiff("--- one.txt\t2020\n+++ two.txt\t2021\n@@ -1 +1 @@\n-a\n+b\n")).toMatchObject([{ path: "two.txt", from: "one.txt", added: 1, removed: 1 }])
})

test("side by side pairs what was removed with what came", () => {
  const hunk = parseDiff(GIT)[0]?.hunks[0]
  if (!hunk) throw new Error("no hunk")
  expect(sideBySide(hunk).map(([left, right]) => [left?.text ?? null, right?.text ?? null])).toEqual([
    ["import torch", "import torch"],
    ["lr = 0.1", "lr = 0.01"],
    [null, "batch = 64"],
    ["", ""],
    ["run()", "run()"],
  ])
})

test("the changed part of a line is found", () => {
  expect(changedPart("lr = 0.1", "lr = 0.01")).toEqual([7, 7, 8])
  expect(changedPart("abc", "xyz")).toBeNull()
})

test("nonsense gives nothing", () => {
  expect(parseDiff("hello\n@@ -1 +1 @@\n+x")).toEqual([])
  expect(parseDiff("")).toEqual([])
})
