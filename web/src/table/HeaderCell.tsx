import { ArrowDown, ArrowUp, EllipsisVertical } from "lucide-react"
import { useRef, useState, type ReactNode } from "react"
import { cn } from "~/ui/cn"
import { Menu } from "~/ui/Menu"
import { MIN_WIDTH, type ViewColumn } from "./columns"

export interface SortState { id: string; desc: boolean }

export interface HeaderCellProps {
  column: ViewColumn
  index: number
  sort: SortState | undefined
  left: number | null
  menu: ((column: ViewColumn) => ReactNode) | undefined
  onSort: (id: string, more: boolean) => void
  onMove: (id: string, target: string, behind: boolean) => void
  onWidth: (id: string, width: number, done: boolean) => void
}

const DRAGGED = "application/x-table-column"

export function HeaderCell({ column, index, sort, left, menu, onSort, onMove, onWidth }: HeaderCellProps) {
  const [drop, setDrop] = useState<"before" | "behind" | null>(null)
  const resize = useRef({ x: 0, width: 0 })
  const side = (event: React.DragEvent) => {
    const box = event.currentTarget.getBoundingClientRect()
    return event.clientX > box.left + box.width / 2 ? "behind" as const : "before" as const
  }
  return (
    <div
      role="columnheader"
      aria-colindex={index + 2}
      {...(column.sortable ? { "aria-sort": sort === undefined ? "none" as const : sort.desc ? "descending" as const : "ascending" as const } : {})}
      data-column={column.id}
      className={cn("group/head relative flex shrink-0 items-center bg-bg text-dense font-medium text-text-3", left !== null && "sticky z-10", drop === "before" && "shadow-[inset_2px_0_0_var(--accent)]", drop === "behind" && "shadow-[inset_-2px_0_0_var(--accent)]")}
      style={{ width: column.width, ...(left === null ? {} : { left }) }}
      draggable={column.fixed !== true}
      onDragStart={(event) => { event.dataTransfer.setData(DRAGGED, column.id); event.dataTransfer.effectAllowed = "move" }}
      onDragOver={(event) => {
        if (!event.dataTransfer.types.includes(DRAGGED)) return
        event.preventDefault()
        setDrop(column.fixed === true ? "behind" : side(event))
      }}
      onDragLeave={() => setDrop(null)}
      onDrop={(event) => {
        const id = event.dataTransfer.getData(DRAGGED)
        setDrop(null)
        if (id) onMove(id, column.id, column.fixed === true || side(event) === "behind")
      }}
    >
      {column.head ?? <button
        type="button"
        title={column.from ? `${column.from}.${column.title}` : column.title}
        onClick={(event) => { if (column.sortable) onSort(column.id, event.shiftKey) }}
        className={cn("flex h-full min-w-0 flex-1 cursor-default items-center gap-1 pl-2.5 hover:text-text", column.right && "justify-end pr-2.5 pl-1", sort && "text-text")}
      >
        {column.from ? <span className="shrink-0 font-normal text-text-3">{column.from}</span> : null}
        <span className="truncate">{column.title}</span>
        {sort === undefined ? null : sort.desc ? <ArrowDown size={12} className="shrink-0" aria-hidden /> : <ArrowUp size={12} className="shrink-0" aria-hidden />}
      </button>}
      {menu ? (
        <Menu
          align="end"
          trigger={
            <button type="button" aria-label={`Column ${column.title}`} className={cn("absolute top-1/2 inline-flex h-5 w-4 -translate-y-1/2 cursor-default items-center justify-center rounded-control bg-bg text-text-3 opacity-0 group-hover/head:opacity-100 hover:bg-hover hover:text-text focus-visible:opacity-100 data-popup-open:opacity-100", column.right ? "left-1" : "right-1.5")}>
              <EllipsisVertical size={13} />
            </button>
          }
        >
          {menu(column)}
        </Menu>
      ) : null}
      <div
        aria-hidden
        className="absolute top-0 -right-1 z-20 h-full w-2 cursor-col-resize touch-none after:absolute after:inset-y-1.5 after:left-[3.5px] after:w-px after:bg-border hover:after:bg-accent"
        draggable
        onDragStart={(event) => { event.preventDefault(); event.stopPropagation() }}
        onPointerDown={(event) => { resize.current = { x: event.clientX, width: column.width }; event.currentTarget.setPointerCapture(event.pointerId) }}
        onPointerMove={(event) => {
          if (event.currentTarget.hasPointerCapture(event.pointerId)) onWidth(column.id, Math.max(MIN_WIDTH, Math.round(resize.current.width + event.clientX - resize.current.x)), false)
        }}
        onPointerUp={(event) => onWidth(column.id, Math.max(MIN_WIDTH, Math.round(resize.current.width + event.clientX - resize.current.x)), true)}
        onDoubleClick={() => onWidth(column.id, 0, true)}
      />
    </div>
  )
}
