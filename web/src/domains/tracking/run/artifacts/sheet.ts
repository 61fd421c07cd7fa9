// Tables in files: CSV and TSV (RFC 4180), our own JSON tables, lists of records. Sorting and filtering of their rows.

export interface Sheet {
  columns: string[]
  rows: unknown[][]
  cut: boolean
}

const MOST_ROWS = 50_000
const MOST_COLUMNS = 500

/** The rows of CSV text, first one as header; at most 50,000 of them. */
export function parseCsv(text: string, separator = ","): Sheet {
  const rows: string[][] = []
  let row: string[] = []
  let at = text.startsWith("\ufeff") ? 1 : 0
  let cut = false
  while (at < text.length) {
    let cell = ""
    if (text[at] === '"') {
      at++
      for (;;) {
        const quote = text.indexOf('"', at)
        if (quote < 0) {
          cell += text.slice(at)
          at = text.length
          break
        }
        cell += text.slice(at, quote)
        at = quote + 1
        if (text[at] !== '"') break
        cell += '"'
        at++
      }
    }
    const start = at
    while (at < text.length && text[at] !== separator && text[at] !== "\n" && text[at] !== "\r") at++
    cell += text.slice(start, at)
    row.push(cell)
    if (text[at] === separator) {
      at++
      if (at === text.length) row.push("")
      continue
    }
    if (text[at] === "\r" && text[at + 1] === "\n") at++
    at++
    rows.push(row)
    row = []
    if (rows.length > MOST_ROWS) {
      cut = at < text.length
      break
    }
  }
  if (row.length > 0) rows.push(row)
  const [head = [], ...body] = rows
  const width = Math.min(MOST_COLUMNS, Math.max(head.length, ...body.slice(0, 1_000).map((each) => each.length)))
  const columns = Array.from({ length: width }, (_, column) => head[column] ?? `column ${column + 1}`)
  const kept = body.filter((each) => each.length > 1 || each[0] !== "")
  const numeric = columns.map((_, column) => isNumeric(kept, column))
  return { columns, rows: kept.map((each) => columns.map((_, column) => value(each[column], numeric[column]))), cut }
}

const value = (cell: string | undefined, numeric: boolean | undefined): unknown => (cell === undefined || cell === "" ? null : numeric ? Number(cell) : cell)

// Codes such as 007 and numbers beyond 2^53 stay text: a table must show what the file says.
const NUMBER = /^[+-]?(0|[1-9]\d{0,14})?(\.\d+)?([eE][+-]?\d{1,3})?$/
function isNumeric(rows: string[][], column: number): boolean {
  let seen = false
  for (const row of rows) {
    const cell = row[column]
    if (cell === undefined || cell === "") continue
    if (!NUMBER.test(cell) || Number.isNaN(Number(cell))) return false
    seen = true
  }
  return seen
}

/** A table in JSON: {columns, data}, a list of records, or a record of columns; null when it is none. */
export function sheetOf(data: unknown): Sheet | null {
  if (Array.isArray(data) && data.length > 0 && data.every((row) => typeof row === "object" && row !== null && !Array.isArray(row))) {
    const rows = data.slice(0, MOST_ROWS) as Record<string, unknown>[]
    const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))].slice(0, MOST_COLUMNS)
    return { columns, rows: rows.map((row) => columns.map((column) => row[column])), cut: data.length > MOST_ROWS }
  }
  if (typeof data !== "object" || data === null || Array.isArray(data)) return null
  const { columns, data: rows } = data as { columns?: unknown; data?: unknown }
  if (!Array.isArray(columns) || !Array.isArray(rows) || !rows.every(Array.isArray)) return null
  return { columns: columns.map(String).slice(0, MOST_COLUMNS), rows: rows.slice(0, MOST_ROWS) as unknown[][], cut: rows.length > MOST_ROWS }
}

const order = (one: unknown, two: unknown): number => {
  if (typeof one === "number" && typeof two === "number") return one - two
  return String(one).localeCompare(String(two), undefined, { numeric: true })
}

/** Row numbers that contain a text in any cell, sorted by a column; empty cells come last either way. */
export function arranged(sheet: Sheet, query: string, column: number | null, descending: boolean): number[] {
  const wanted = query.trim().toLowerCase()
  const kept = sheet.rows.flatMap((row, at) => (wanted === "" || row.some((cell) => shown(cell).toLowerCase().includes(wanted)) ? [at] : []))
  if (column === null) return kept
  const cell = (at: number): unknown => sheet.rows[at]?.[column] ?? null
  return kept.sort((one, two) => {
    const [a, b] = [cell(one), cell(two)]
    if (a === null || b === null) return a === b ? one - two : a === null ? 1 : -1
    return (descending ? -order(a, b) : order(a, b)) || one - two
  })
}

/** A cell as text. */
export function shown(cell: unknown): string {
  if (cell === null || cell === undefined) return ""
  return typeof cell === "object" ? JSON.stringify(cell) : String(cell)
}
