// A table: rows in sight only, sorted by a column, filtered by a text in any cell.
import { ArrowDown, ArrowUp } from "lucide-react"
import { useDeferredValue, useMemo, useRef, useState } from "react"
import { cn } from "~/ui/cn"
import { download } from "~/ui/clipboard"
import { Download } from "lucide-react"
import { count, number } from "~/ui/format"
import { IconButton } from "~/ui/IconButton"
import { SearchInput } from "~/ui/Input"
import { useRows } from "~/ui/VirtualList"
import { arranged, shown, type Sheet } from "./sheet"

const HEIGHT = 26

export function SheetView({ sheet, name, className = "h-full min-h-56" }: { sheet: Sheet; name: string; className?: string }) {
  const scroll = useRef<HTMLDivElement>(null)
  const [query, setQuery] = useState("")
  const [sort, setSort] = useState<{ column: number; descending: boolean } | null>(null)
  const wanted = useDeferredValue(query)
  const order = useMemo(() => arranged(sheet, wanted, sort?.column ?? null, sort?.descending ?? false), [sheet, wanted, sort])
  const rows = useRows(order.length, HEIGHT, scroll, 20)
  const columns = useMemo(() => sheet.columns.map((title, column) => layout(sheet, title, column)), [sheet])
  const template = { gridTemplateColumns: `64px ${columns.map((each) => `minmax(${each.width}px, 1fr)`).join(" ")}`, width: `max(100%, ${64 + columns.reduce((sum, each) => sum + each.width, 0)}px)` }
  const turn = (column: number): void => setSort((old) => (old?.column !== column ? { column, descending: false } : old.descending ? null : { column, descending: true }))
  const save = (): void => {
    const cell = (value: unknown): string => {
      const text = shown(value)
      return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
    }
    download(name.replace(/\.\w+$/, "") + ".csv", [sheet.columns, ...order.map((at) => sheet.rows[at] ?? [])].map((row) => row.map(cell).join(",")).join("\r\n"), "text/csv")
  }
  return (
    <div className={cn("flex min-w-0 flex-col", className)}>
      <div className="flex shrink-0 items-center gap-2 border-b px-3 py-1.5 sm:px-4">
        <SearchInput value={query} onChange={setQuery} label="Filter rows" className="w-56" />
        <span role="status" className="text-dense text-text-3">{wanted ? `${count(order.length)} of ` : ""}{count(sheet.rows.length)} rows × {count(sheet.columns.length)} columns{sheet.cut ? ", the first ones" : ""}</span>
        <span className="ml-auto"><IconButton label="Download these rows as CSV" onClick={save}><Download size={15} /></IconButton></span>
      </div>
      <div ref={scroll} role="table" aria-label={name} aria-rowcount={order.length} tabIndex={0} className="min-h-0 flex-1 overflow-auto">
        <div role="row" style={{ ...template }} className="sticky top-0 z-10 grid h-7 items-center border-b bg-bg text-dense font-medium text-text-3">
          <span role="columnheader" className="px-2 text-right">#</span>
          {columns.map((each, column) => (
            <span role="columnheader" key={column} aria-sort={sort?.column === column ? (sort.descending ? "descending" : "ascending") : "none"} className={cn("min-w-0 px-2", each.numeric && "text-right")}>
              <button type="button" title={each.title} onClick={() => turn(column)} className="inline-flex max-w-full cursor-default items-center gap-1 hover:text-text">
                <span dir="auto" className="truncate">{each.title || "–"}</span>
                {sort?.column === column ? sort.descending ? <ArrowDown size={12} /> : <ArrowUp size={12} /> : null}
              </button>
            </span>
          ))}
        </div>
        <div role="rowgroup" className="relative" style={{ height: rows.getTotalSize(), width: template.width }}>
          {rows.getVirtualItems().map((item) => {
            const at = order[item.index] ?? 0
            return (
              <div role="row" key={item.key} style={{ ...template, height: HEIGHT, transform: `translateY(${item.start}px)` }} className="absolute top-0 left-0 grid items-center border-b font-mono text-dense hover:bg-hover">
                <span role="rowheader" className="px-2 text-right text-text-3">{at + 1}</span>
                {columns.map((each, column) => {
                  const value = sheet.rows[at]?.[column]
                  const text = typeof value === "number" ? number(value, 8) : shown(value).slice(0, 500)
                  return <span role="cell" key={column} dir="auto" title={text} className={cn("truncate px-2", each.numeric && "text-right", (value === null || value === undefined) && "text-text-3")}>{value === null || value === undefined ? "–" : text}</span>
                })}
              </div>
            )
          })}
        </div>
      </div>
    </div>
  )
}

function layout(sheet: Sheet, title: string, column: number): { title: string; width: number; numeric: boolean } {
  let longest = title.length + 2
  let numeric = sheet.rows.length > 0
  for (const row of sheet.rows.slice(0, 200)) {
    const value = row[column]
    if (value !== null && value !== undefined && typeof value !== "number") numeric = false
    longest = Math.max(longest, Math.min(40, shown(value).length))
  }
  return { title, width: Math.round(Math.min(320, Math.max(72, longest * 7.4 + 20))), numeric }
}
