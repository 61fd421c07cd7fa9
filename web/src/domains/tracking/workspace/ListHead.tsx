import { ArrowDown, ArrowUp, ArrowUpDown, Columns3, Group } from "lucide-react"
import type { ReactNode, RefObject } from "react"
import { fieldFor, isNumeric, labelOf } from "~/domains/tracking/runs/columns"
import { FieldPicker, type FieldOption } from "~/domains/tracking/runs/FieldPicker"
import { FilterBox } from "~/domains/tracking/runs/FilterBox"
import type { RunRows } from "~/domains/tracking/runs/rows"
import { cn } from "~/ui/cn"
import { SearchInput } from "~/ui/Input"
import { COLUMN_WIDTH } from "./RunRowView"
import type { Scene } from "./scene"
import { change, useView } from "./store"

export interface ListToolsProps {
  scene: Scene
  error: unknown
  options: readonly FieldOption[]
  columns: readonly string[]
  filterRef: RefObject<HTMLInputElement | null>
  groupOpen: boolean
  onGroupOpen: (open: boolean) => void
}

const toolClass = "inline-flex h-7 min-w-7 shrink-0 cursor-default items-center justify-center gap-1 rounded-control px-1.5 text-dense text-text-2 hover:bg-hover hover:text-text"

function Tool({ label, on, children, ...rest }: { label: string; on: boolean; children: ReactNode }) {
  return <button type="button" aria-label={label} title={label} {...rest} className={cn(toolClass, on && "bg-accent-soft text-accent hover:text-accent")}>{children}</button>
}

/** `metrics.loss ASC` in its parts. */
export function orderOf(sort: string): { field: string; down: boolean } {
  const found = /^(.*?)(?:\s+(asc|desc))?$/i.exec(sort.trim())
  return { field: found?.[1] ?? "", down: found?.[2]?.toLowerCase() === "desc" }
}

/** A mean is over all runs, unless eyes were chosen by hand. */
function groupBy(column: string): void {
  change((view) => ({ group: column, ...(column && view.draw > 0 && view.hide.length + view.show.length === 0 ? { draw: Infinity } : {}) }), "group")
}

const risesFirst = (column: string): boolean => column === "name" || column.startsWith("params.")

/** Order by a column: one way, the other, not at all. `more` keeps the other orders and puts this one behind them. */
export function sortBy(column: string, more = false): void {
  const field = fieldFor(column)
  change((view) => {
    const at = view.sort.findIndex((order) => orderOf(order).field === field)
    const rises = risesFirst(column)
    const turned = at < 0 ? rises : orderOf(view.sort[at] ?? "").down === rises ? null : !rises
    const next = turned === null ? [] : [`${field} ${turned ? "ASC" : "DESC"}`]
    if (!more) return { sort: next }
    return { sort: at < 0 ? [...view.sort, ...next] : [...view.sort.slice(0, at), ...next, ...view.sort.slice(at + 1)] }
  }, "order")
}

export function ListTools({ scene, error, options, columns, filterRef, groupOpen, onGroupOpen }: ListToolsProps) {
  const q = useView((view) => view.q)
  const find = useView((view) => view.find)
  const group = useView((view) => view.group)
  const sort = useView((view) => view.sort)
  const cols = useView((view) => view.cols)
  const fields = new Set(sort.map((order) => orderOf(order).field))
  const sorted = options.filter((option) => fields.has(fieldFor(option.column))).map((option) => option.column)
  return (
    <div className="flex shrink-0 flex-col gap-1.5 px-2 pt-2 pb-1">
      <FilterBox ref={filterRef} value={q} error={error} options={options} ws={scene.ws} experiment={scene.experiment} onChange={(text) => change({ q: text }, "filter")} />
      <div className="flex items-center gap-0.5">
        <SearchInput label="Search runs" placeholder="Name (regex)" value={find} invalid={scene.fault !== ""} mono onChange={(text) => change({ find: text }, "~find")} className="flex-1" />
        <FieldPicker
          label="Group by" options={options.filter((option) => !option.column.startsWith("metrics.") && !/^(name|start_ms|end_ms|duration|parent_id)$/.test(option.column))}
          chosen={group ? [group] : []} none="No grouping" open={groupOpen} onOpenChange={onGroupOpen} onPick={groupBy}
          trigger={<Tool label={group ? `Grouped by ${labelOf(group)} (G)` : "Group runs (G)"} on={group !== ""}><Group size={15} /></Tool>}
        />
        <FieldPicker
          label="Order by" options={options} chosen={sorted} none="Newest first"
          onPick={(column) => (column ? sortBy(column) : change({ sort: [] }, "order"))}
          trigger={<Tool label={sort.length > 0 ? `Ordered by ${sort.join(", then ")}` : "Order: newest first"} on={sort.length > 0}><ArrowUpDown size={15} /></Tool>}
        />
        <FieldPicker
          label="Columns" many options={options.filter((option) => option.column !== "name" && option.column !== "state")} chosen={columns}
          onPick={(column) => change({ cols: cols.includes(column) ? cols.filter((each) => each !== column) : [...cols, column] }, "columns")}
          trigger={<Tool label="Columns" on={cols.length > 0}><Columns3 size={15} /></Tool>}
        />
      </div>
    </div>
  )
}

export function ListHead({ rows, columns }: { rows: RunRows; columns: readonly string[] }) {
  const sort = useView((view) => view.sort)
  const orders = sort.map(orderOf)
  const head = (column: string) => {
    const at = orders.findIndex((order) => order.field === fieldFor(column))
    const sorted = orders[at]
    return (
      <button type="button" onClick={(event) => sortBy(column, event.shiftKey)} title={`${column} · with Shift behind the other orders`} aria-label={`Order by ${labelOf(column)}`} className={cn("inline-flex max-w-full min-w-0 cursor-default items-center gap-0.5 hover:text-text", sorted && "text-text")}>
        <span className="truncate">{labelOf(column)}</span>
        {sorted ? (sorted.down ? <ArrowDown size={11} className="shrink-0" /> : <ArrowUp size={11} className="shrink-0" />) : null}
        {sorted && orders.length > 1 ? <span className="shrink-0 text-text-3">{at + 1}</span> : null}
      </button>
    )
  }
  return (
    <div className="sticky top-0 z-20 flex h-6 items-center gap-0.5 border-b bg-bg pr-1 pl-1.5 text-[11px] text-text-3">
      <span className="sticky left-0 flex min-w-0 flex-1 items-center bg-inherit">
        <span className="w-[46px] shrink-0" />
        <span className="min-w-0 flex-1 pl-0.5">{head("name")}</span>
      </span>
      <span className="w-5 shrink-0" />
      {columns.map((column) => <span key={column} style={{ width: COLUMN_WIDTH }} className={cn("flex shrink-0 px-1.5", isNumeric(rows, column) && "justify-end")}>{head(column)}</span>)}
      <span className="w-6 shrink-0" />
    </div>
  )
}
