// A small Markdown: text to a tree of plain objects, which Markdown.tsx turns into React elements. HTML in it is text.
// Knows headings, paragraphs, lists with tasks, quotes, fenced code, rules, tables, emphasis, code, links.

export type Inline =
  | { kind: "text"; text: string }
  | { kind: "code"; text: string }
  | { kind: "strong" | "em" | "del"; children: Inline[] }
  | { kind: "link"; href: string; children: Inline[] }
  | { kind: "break" }

export interface Item {
  done: boolean | null
  blocks: Block[]
}

export type Block =
  | { kind: "heading"; level: number; children: Inline[] }
  | { kind: "paragraph"; children: Inline[] }
  | { kind: "code"; language: string; text: string }
  | { kind: "quote"; blocks: Block[] }
  | { kind: "list"; start: number | null; items: Item[] }
  | { kind: "table"; head: Inline[][]; rows: Inline[][][]; align: ("left" | "right" | "center")[] }
  | { kind: "rule" }

const DEEPEST = 12
const FENCE = /^ {0,3}(`{3,}|~{3,})\s*([^\s`]*)/
const HEADING = /^ {0,3}(#{1,6})(?:\s+(.*?))?(?:\s+#+)?\s*$/
const RULE = /^ {0,3}([-*_])(?:\s*\1){2,}\s*$/
const BULLET = /^( {0,3})([-*+]|\d{1,9}[.)])(?:(\s+)(.*))?$/
const DIVIDER = /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/

/** The blocks of a text. Never throws; what it does not know is text. */
export function parseMarkdown(text: string): Block[] {
  return blocks(text.replace(/\r\n?/g, "\n").replace(/\t/g, "    ").split("\n"), 0)
}

function blocks(lines: string[], depth: number): Block[] {
  const found: Block[] = []
  let at = 0
  while (at < lines.length) {
    const line = lines[at] ?? ""
    if (line.trim() === "") {
      at++
      continue
    }
    const fence = FENCE.exec(line)
    if (fence) {
      const [block, next] = fenced(lines, at, fence[1] ?? "```", fence[2] ?? "")
      found.push(block)
      at = next
      continue
    }
    const heading = HEADING.exec(line)
    if (heading) {
      found.push({ kind: "heading", level: (heading[1] ?? "#").length, children: inline(heading[2] ?? "") })
      at++
    } else if (RULE.test(line)) {
      found.push({ kind: "rule" })
      at++
    } else if (/^ {0,3}>/.test(line) && depth < DEEPEST) {
      let end = at
      while (end < lines.length && /^ {0,3}>/.test(lines[end] ?? "")) end++
      found.push({ kind: "quote", blocks: blocks(lines.slice(at, end).map((each) => each.replace(/^ {0,3}> ?/, "")), depth + 1) })
      at = end
    } else if (BULLET.test(line) && depth < DEEPEST) {
      const [block, next] = list(lines, at, depth)
      found.push(block)
      at = next
    } else if (line.includes("|") && DIVIDER.test(lines[at + 1] ?? "") && (lines[at + 1] ?? "").includes("-")) {
      const [block, next] = table(lines, at)
      found.push(block)
      at = next
    } else {
      let end = at + 1
      while (end < lines.length && !interrupts(lines[end] ?? "")) end++
      found.push({ kind: "paragraph", children: inline(lines.slice(at, end).join("\n").trim()) })
      at = end
    }
  }
  return found
}

const interrupts = (line: string): boolean =>
  line.trim() === "" || FENCE.test(line) || HEADING.test(line) || RULE.test(line) || /^ {0,3}>/.test(line) || BULLET.test(line)

function fenced(lines: string[], at: number, fence: string, language: string): [Block, number] {
  let end = at + 1
  while (end < lines.length) {
    const closing = (lines[end] ?? "").trim()
    if (closing.length >= fence.length && closing.split("").every((each) => each === fence[0])) break
    end++
  }
  return [{ kind: "code", language, text: lines.slice(at + 1, end).join("\n") }, Math.min(end + 1, lines.length)]
}

function list(lines: string[], at: number, depth: number): [Block, number] {
  const first = BULLET.exec(lines[at] ?? "")
  const ordered = /\d/.test(first?.[2] ?? "")
  const items: Item[] = []
  while (at < lines.length) {
    const match = BULLET.exec(lines[at] ?? "")
    if (!match || /\d/.test(match[2] ?? "") !== ordered || RULE.test(lines[at] ?? "")) break
    const indent = (match[1] ?? "").length + (match[2] ?? "").length + 1
    const inside = [match[4] ?? ""]
    at++
    while (at < lines.length) {
      const line = lines[at] ?? ""
      const indented = line.startsWith(" ".repeat(Math.min(indent, 2)))
      if (line.trim() === "" ? !continues(lines, at, indent) : !indented && (BULLET.test(line) || interrupts(line))) break
      inside.push(line.replace(new RegExp(`^ {0,${indent}}`), ""))
      at++
    }
    const task = /^\[([ xX])\]\s+/.exec(inside[0] ?? "")
    if (task) inside[0] = (inside[0] ?? "").slice(task[0].length)
    items.push({ done: task ? task[1] !== " " : null, blocks: blocks(inside, depth + 1) })
    while (at < lines.length && (lines[at] ?? "").trim() === "" && BULLET.test(lines[at + 1] ?? "")) at++
  }
  return [{ kind: "list", start: ordered ? Number.parseInt(first?.[2] ?? "1", 10) : null, items }, at]
}

function continues(lines: string[], at: number, indent: number): boolean {
  const next = lines[at + 1]
  return next !== undefined && next.trim() !== "" && next.startsWith(" ".repeat(indent))
}

function cells(line: string): string[] {
  const bare = line.trim().replace(/^\|/, "").replace(/(?<!\\)\|$/, "")
  return bare.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll("\\|", "|"))
}

function table(lines: string[], at: number): [Block, number] {
  const head = cells(lines[at] ?? "")
  const align = cells(lines[at + 1] ?? "").map((cell) =>
    cell.endsWith(":") ? (cell.startsWith(":") ? ("center" as const) : ("right" as const)) : ("left" as const),
  )
  const rows: Inline[][][] = []
  at += 2
  while (at < lines.length && (lines[at] ?? "").includes("|")) {
    const row = cells(lines[at] ?? "")
    rows.push(head.map((_, column) => inline(row[column] ?? "")))
    at++
  }
  return [{ kind: "table", head: head.map((cell) => inline(cell)), rows, align }, at]
}

const MARKS = /(\\[\\`*_{}[\]()#+\-.!~|<>])|(`+)([^`][\s\S]*?)?\2(?!`)|!?\[((?:[^[\]]|\[[^\]]*\])*)\]\(\s*<?([^\s()<>]*(?:\([^\s()]*\)[^\s()]*)*)>?(?:\s+["'][^"']*["'])?\s*\)|(\*\*|__|~~|\*|_)(?=\S)([\s\S]*?\S)\6(?!\w)|<?(https?:\/\/[^\s<>"'`]+[^\s<>"'`.,;:!?)\]])>?|( {2,}\n|\\\n)/

/** The parts of a line of text. */
export function inline(text: string, depth = 0): Inline[] {
  const parts: Inline[] = []
  const plain = (part: string): void => {
    if (part === "") return
    const last = parts.at(-1)
    if (last?.kind === "text") last.text += part
    else parts.push({ kind: "text", text: part })
  }
  let rest = text
  let guard = 0
  while (rest !== "") {
    const match = depth < DEEPEST && guard++ < 5_000 ? MARKS.exec(rest) : null
    if (!match) {
      plain(rest)
      break
    }
    plain(rest.slice(0, match.index))
    const before = rest[match.index - 1] ?? ""
    const [whole, escaped, ticks, code, label, href, mark, inner, url, newline] = match
    if (escaped) plain(escaped.slice(1))
    else if (ticks) parts.push({ kind: "code", text: (code ?? "").replace(/^ (.*) $/s, "$1") })
    else if (label !== undefined) {
      const safe = safeHref(href ?? "")
      if (safe) parts.push({ kind: "link", href: safe, children: inline(label === "" ? safe : label, depth + 1) })
      else plain(whole)
    } else if (mark) {
      if (mark.startsWith("_") && /\w/.test(before)) plain(whole)
      else parts.push({ kind: mark === "~~" ? "del" : mark.length === 2 ? "strong" : "em", children: inline(inner ?? "", depth + 1) })
    } else if (url) parts.push({ kind: "link", href: url, children: [{ kind: "text", text: url }] })
    else if (newline) parts.push({ kind: "break" })
    rest = rest.slice(match.index + whole.length)
  }
  return parts
}

/** An address that is safe to click: http, https, mailto, or a place on this site; otherwise null. */
export function safeHref(href: string): string | null {
  const bare = href.replace(/[\u0000-\u0020\u007f-\u009f]/g, "")
  if (/^(https?:\/\/|mailto:)/i.test(bare)) return bare
  if (/^(\/(?![/\\])|#)/.test(bare)) return bare
  return null
}
