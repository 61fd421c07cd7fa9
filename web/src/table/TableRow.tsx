import { ChevronRight } from "lucide-react"
import { memo } from "react"
import { cn } from "~/ui/cn"
import { Tick } from "./Tick"
import { CHECK_WIDTH, type Layout, type ViewColumn } from "./columns"

export interface TableRowProps {
  /** A row, or −1 − n for the head of group n. */
  entry: number
  index: number
  /** Distance from the top; null for rows that lie in the flow. */
  top: number | null
  height: number
  columns: readonly ViewColumn[]
  layout: Layout
  first: number
  last: number
  id: string
  name: string
  checked: boolean
  partly: boolean
  active: boolean
  open: boolean
  marked: boolean
  bare: boolean
  /** How deep it lies in a tree; 0 in a plain table. */
  level: number
  onCheck: (index: number, range: boolean) => void
  onActivate: (index: number, event: React.MouseEvent) => void
}

/** One line of a table: a row, or the head of a group. Drawn again only when something of it changed. */
export const TableRow = memo(function TableRow({ entry, index, top, height, columns, layout, first, last, id, name, checked, partly, active, open, marked, bare, level, onCheck, onActivate }: TableRowProps) {
  const group = entry < 0
  const cell = (at: number, left: number | null) => {
    const column = columns[at]!
    return (
      <div
        key={column.id}
        role="gridcell"
        aria-colindex={at + 2}
        data-column={column.id}
        className={cn(
          "flex h-full shrink-0 items-center overflow-hidden px-2.5 whitespace-nowrap",
          column.right && "justify-end font-mono text-dense",
          left !== null && "sticky z-[1] bg-inherit",
          at === layout.pinned - 1 && "border-r",
        )}
        style={{ width: column.width, ...(left === null ? {} : { left }) }}
      >
        {group && at === 0 ? <ChevronRight size={14} aria-hidden className={cn("mr-1 shrink-0 text-text-3", open && "rotate-90")} /> : null}
        {group ? column.group?.(-1 - entry) : column.cell(entry)}
      </div>
    )
  }
  const cells = []
  for (let at = 0; at < layout.pinned; at++) cells.push(cell(at, layout.lefts[at]!))
  if (first > layout.pinned) cells.push(<div key=" gap" aria-hidden className="shrink-0" style={{ width: layout.lefts[first]! - layout.pinnedWidth }} />)
  for (let at = first; at < last; at++) cells.push(cell(at, null))
  return (
    <div
      role="row"
      id={id}
      aria-rowindex={index + 2}
      {...(bare ? {} : { "aria-selected": checked })}
      {...(group ? { "aria-expanded": open } : {})}
      {...(level > 0 ? { "aria-level": level } : {})}
      {...(active ? { "data-active": "" } : {})}
      onMouseDown={(event) => { if (event.shiftKey) event.preventDefault() }}
      onClick={(event) => onActivate(index, event)}
      className={cn(
        "flex border-b",
        top !== null && "absolute left-0",
        checked ? "bg-[color-mix(in_oklch,var(--accent-soft)_55%,var(--surface))]" : marked || group ? "bg-bg" : "bg-surface",
        !checked && "hover:bg-hover",
        group && "font-medium",
        active && "shadow-[inset_2px_0_0_var(--accent)]",
      )}
      style={{ height, minWidth: "100%", width: layout.total, ...(top === null ? {} : { transform: `translateY(${top}px)` }) }}
    >
      {bare ? null : <div role="gridcell" aria-colindex={1} className={cn("sticky left-0 z-[1] flex h-full shrink-0 items-center justify-center bg-inherit", layout.pinned === 0 && "border-r")} style={{ width: CHECK_WIDTH }}>
        <Tick checked={checked} partly={partly} label={`Select ${name}`} onTick={(range) => onCheck(index, range)} />
      </div>}
      {cells}
    </div>
  )
})
