// A unified diff as files, hunks and numbered lines, and the pairing of lines for two columns.

export interface DiffLine {
  kind: "same" | "add" | "del"
  old: number | null
  new: number | null
  text: string
}

export interface Hunk {
  header: string
  lines: DiffLine[]
}

export interface DiffFile {
  path: string
  from: string
  status: "changed" | "added" | "deleted" | "renamed" | "binary"
  hunks: Hunk[]
  added: number
  removed: number
}

const HUNK = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@(.*)$/

const bare = (path: string): string => {
  const quoted = /^"(.*)"$/.exec(path.trim().replace(/\t.*$/, ""))
  const text = quoted ? (quoted[1] ?? "").replaceAll('\\"', '"').replaceAll("\\\\", "\\") : path.trim().replace(/\t.*$/, "")
  return text === "/dev/null" ? "" : text.replace(/^[abciow]\//, "")
}

/** The files of a diff. Never throws; lines outside of any hunk are skipped. */
export function parseDiff(text: string): DiffFile[] {
  const files: DiffFile[] = []
  let file: DiffFile | null = null
  let hunk: Hunk | null = null
  let [old, now, oldLeft, newLeft] = [0, 0, 0, 0]
  const begin = (from: string, path: string): DiffFile => {
    const next: DiffFile = { path, from, status: "changed", hunks: [], added: 0, removed: 0 }
    files.push(next)
    hunk = null
    return next
  }
  for (const line of text.split("\n")) {
    const open: Hunk | null = hunk
    if (open && file && (oldLeft > 0 || newLeft > 0)) {
      const mark = line[0] ?? " "
      const body = line.slice(1)
      if (mark === "+") {
        open.lines.push({ kind: "add", old: null, new: now++, text: body })
        newLeft--
        file.added++
        continue
      }
      if (mark === "-") {
        open.lines.push({ kind: "del", old: old++, new: null, text: body })
        oldLeft--
        file.removed++
        continue
      }
      if (mark === " " || line === "" || line === "\r") {
        open.lines.push({ kind: "same", old: old++, new: now++, text: body })
        oldLeft--
        newLeft--
        continue
      }
    }
    if (line.startsWith("\\")) continue
    const git = /^diff --git (.+)$/.exec(line)
    if (git) {
      const both = /^("?)a\/(.+?)\1 ("?)b\/(.+?)\3$/.exec(git[1] ?? "")
      file = begin(both?.[2] ?? "", both?.[4] ?? git[1] ?? "")
      continue
    }
    if (line.startsWith("--- ")) {
      if (!file || file.hunks.length > 0) file = begin("", "")
      file.from = bare(line.slice(4))
      if (file.from === "") file.status = "added"
      continue
    }
    if (line.startsWith("+++ ") && file) {
      const path = bare(line.slice(4))
      if (path === "") file.status = "deleted"
      file.path = path || file.from
      continue
    }
    if (file && line.startsWith("new file mode")) file.status = "added"
    else if (file && line.startsWith("deleted file mode")) file.status = "deleted"
    else if (file && line.startsWith("rename from ")) [file.from, file.status] = [line.slice(12), "renamed"]
    else if (file && line.startsWith("rename to ")) file.path = line.slice(10)
    else if (file && /^(Binary files|GIT binary patch)/.test(line)) file.status = "binary"
    const at = HUNK.exec(line)
    if (at && file) {
      hunk = { header: (at[5] ?? "").trim(), lines: [] }
      file.hunks.push(hunk)
      old = Number(at[1])
      now = Number(at[3])
      oldLeft = Number(at[2] ?? 1)
      newLeft = Number(at[4] ?? 1)
    }
  }
  return files
}

/** Lines side by side: what was removed beside what took its place. */
export function sideBySide(hunk: Hunk): [DiffLine | null, DiffLine | null][] {
  const rows: [DiffLine | null, DiffLine | null][] = []
  let [gone, come]: [DiffLine[], DiffLine[]] = [[], []]
  const flush = (): void => {
    for (let at = 0; at < Math.max(gone.length, come.length); at++) rows.push([gone[at] ?? null, come[at] ?? null])
    gone = []
    come = []
  }
  for (const line of hunk.lines) {
    if (line.kind === "del") {
      if (come.length > 0) flush()
      gone.push(line)
    } else if (line.kind === "add") come.push(line)
    else {
      flush()
      rows.push([line, line])
    }
  }
  flush()
  return rows
}

/** The part in which two lines differ, as [start, end of the first, end of the second]; null when they share little. */
export function changedPart(one: string, two: string): [number, number, number] | null {
  const least = Math.min(one.length, two.length)
  let start = 0
  while (start < least && one[start] === two[start]) start++
  let back = 0
  while (back < least - start && one[one.length - 1 - back] === two[two.length - 1 - back]) back++
  if (start + back < Math.max(one.length, two.length) * 0.3) return null
  return [start, one.length - back, two.length - back]
}
