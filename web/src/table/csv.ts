// Tables as texts for other programs: CSV and Markdown. Pure.

export type Cell = string | number | null

/** A cell of RFC 4180. Texts that a spreadsheet would run as a formula are given an apostrophe; numbers stay numbers. */
export function csvCell(value: Cell): string {
  if (value === null) return ""
  if (typeof value === "number") return Number.isNaN(value) ? "NaN" : value === Infinity ? "inf" : value === -Infinity ? "-inf" : String(value)
  const safe = /^\s*[=+\-@\t\r]/.test(value) && !/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(value) ? `'${value}` : value
  return /[",\r\n]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

export function toCsv(header: readonly string[], rows: Iterable<readonly Cell[]>): string {
  const lines = [header.map(csvCell).join(",")]
  for (const row of rows) lines.push(row.map(csvCell).join(","))
  return `${lines.join("\r\n")}\r\n`
}

/** A table of GitHub's Markdown; nothing in a cell can end the cell or become HTML. */
export function toMarkdown(header: readonly string[], rows: Iterable<readonly Cell[]>): string {
  const cell = (value: Cell): string =>
    value === null ? "" : String(value).replace(/[\\`*_[\]<>|#~]/g, "\\$&").replace(/\s*[\r\n]+\s*/g, " ")
  const line = (cells: readonly Cell[]): string => `| ${cells.map(cell).join(" | ")} |`
  const lines = [line(header), `|${header.map(() => " --- ").join("|")}|`]
  for (const row of rows) lines.push(line(row))
  return `${lines.join("\n")}\n`
}
