import { useId, useLayoutEffect, useMemo, useRef, useState, type KeyboardEvent, type MouseEvent, type ReactNode } from "react"
import { Checkbox } from "~/ui/Checkbox"
import { cn } from "~/ui/cn"
import { CHECK_WIDTH, layoutOf, shownColumns, type ViewColumn } from "./columns"
import { HeaderCell, type SortState } from "./HeaderCell"
import { rangeOf, toggled, toggledAll } from "./selection"
import { TableRow } from "./TableRow"
import { useWindow } from "./useWindow"

export interface TableViewProps {
  label: string
  /** In their order, pinned ones first. */
  columns: readonly ViewColumn[]
  /** A line each: a row (its number), or −1 − n for the head of group n. */
  entries: Int32Array
  /** Rows that stay under the header, such as a baseline. */
  top?: readonly number[]
  rowHeight: number
  headHeight?: number
  /** Without a column to choose rows. */
  bare?: boolean
  idOf: (row: number) => string
  nameOf: (entry: number) => string
  rowsOf?: (group: number) => Uint32Array
  openGroup?: (group: number) => boolean
  onToggleGroup?: (group: number) => void
  chosen?: ReadonlySet<string>
  onChosen?: (chosen: ReadonlySet<string>) => void
  sort: readonly SortState[]
  onSort: (id: string, more: boolean) => void
  onMove: (id: string, target: string, behind: boolean) => void
  /** 0 is the usual width. `done` is false while the handle moves. */
  onWidth: (id: string, width: number, done: boolean) => void
  onOpen: (row: number) => void
  /** A key that the table itself has no use for, with the row that has the focus. */
  onKey?: (event: KeyboardEvent, row: number | null) => void
  menu?: (column: ViewColumn) => ReactNode
  empty?: ReactNode
}

const HEAD = 30
const NONE: ReadonlySet<string> = new Set()

/** A table of any number of rows. Arrows move, Space chooses, Shift takes ranges, Enter opens. */
export function TableView(props: TableViewProps) {
  const { label, columns, entries, top = [], rowHeight, headHeight = HEAD, bare = false, idOf, nameOf, chosen = NONE } = props
  const onChosen = (next: ReadonlySet<string>) => props.onChosen?.(next)
  const scroll = useRef<HTMLDivElement>(null)
  const name = useId()
  const [active, setActive] = useState(-1)
  const anchor = useRef(-1)
  const layout = useMemo(() => layoutOf(columns, bare ? 0 : CHECK_WIDTH), [columns, bare])
  const tree = entries.length > 0 && entries[0]! < 0
  const head = headHeight + top.length * rowHeight
  const shown = useWindow(scroll, rowHeight, head)
  const [first, last] = shownColumns(columns, layout, shown.left, shown.width)

  const idsOf = (entry: number): string[] => (entry >= 0 ? [idOf(entry)] : Array.from(props.rowsOf?.(-1 - entry) ?? [], (row) => idOf(row)))
  // Handlers go to memoized rows, so they are one function that reads what is current.
  const latest = useRef(props)
  useLayoutEffect(() => { latest.current = props })
  const handlers = useMemo(() => ({
    check: (index: number, range: boolean) => {
      const { entries: lines, chosen: old = NONE, onChosen: tell, idOf: id, rowsOf } = latest.current
      const entry = lines[index]
      if (entry === undefined || !tell) return
      if (range && anchor.current >= 0) tell(new Set([...old, ...rangeOf(lines, anchor.current, index).map(id)]))
      else tell(entry >= 0 ? toggled(old, id(entry)) : toggledAll(old, Array.from(rowsOf?.(-1 - entry) ?? [], (row) => id(row))))
      anchor.current = index
      setActive(index)
    },
    activate: (index: number, event: MouseEvent) => {
      if ((event.target as Element).closest("a, button")) return
      const entry = latest.current.entries[index]
      if (entry === undefined) return
      setActive(index)
      if (event.shiftKey) { event.preventDefault(); handlers.check(index, true) }
      else if (event.metaKey || event.ctrlKey) handlers.check(index, false)
      else {
        anchor.current = index
        if (entry < 0) latest.current.onToggleGroup?.(-1 - entry)
      }
    },
  }), [])

  const reveal = (index: number) => {
    const element = scroll.current
    if (!element) return
    const place = index * rowHeight
    const room = element.clientHeight - head
    if (place < element.scrollTop) element.scrollTop = place
    else if (place + rowHeight > element.scrollTop + room) element.scrollTop = place + rowHeight - room
  }
  const go = (index: number, extend: boolean) => {
    const next = Math.max(0, Math.min(entries.length - 1, index))
    if (extend) {
      if (anchor.current < 0) anchor.current = Math.max(0, active)
      onChosen(new Set([...chosen, ...rangeOf(entries, anchor.current, next).map(idOf)]))
    } else anchor.current = next
    setActive(next)
    reveal(next)
  }
  const press = (event: KeyboardEvent<HTMLDivElement>) => {
    if (event.target !== event.currentTarget) return
    const entry = entries[active]
    const page = Math.max(1, Math.floor((shown.height - head) / rowHeight) - 1)
    const steps: Record<string, number> = { ArrowDown: active + 1, ArrowUp: active - 1, PageDown: active + page, PageUp: active - page, Home: 0, End: entries.length - 1 }
    const step = steps[event.key]
    if (step !== undefined && entries.length > 0) go(step, event.shiftKey)
    else if (event.key === " " && entry !== undefined) handlers.check(active, false)
    else if (event.key === "Enter" && entry !== undefined) { if (entry >= 0) props.onOpen(entry); else props.onToggleGroup?.(-1 - entry) }
    else if (event.key === "ArrowRight" && entry !== undefined && entry < 0 && !props.openGroup?.(-1 - entry)) props.onToggleGroup?.(-1 - entry)
    else if (event.key === "ArrowLeft" && entry !== undefined && entry < 0 && props.openGroup?.(-1 - entry)) props.onToggleGroup?.(-1 - entry)
    else if (event.key.toLowerCase() === "a" && (event.metaKey || event.ctrlKey)) onChosen(new Set(rangeOf(entries, 0, entries.length - 1).map(idOf)))
    else if (event.key === "Escape" && chosen.size > 0) onChosen(new Set())
    else { props.onKey?.(event, entry !== undefined && entry >= 0 ? entry : null); return }
    event.preventDefault()
  }

  const line = (entry: number, index: number, place: number | null, marked: boolean) => {
    const ids = entry < 0 ? idsOf(entry) : null
    const some = ids ? ids.some((id) => chosen.has(id)) : false
    const all = ids ? ids.length > 0 && some && ids.every((id) => chosen.has(id)) : chosen.has(idOf(entry))
    return (
      <TableRow
        key={marked ? `top ${entry}` : entry}
        entry={entry} index={index} top={place} height={rowHeight} columns={columns} layout={layout} first={first} last={last}
        id={`${name}-${marked ? "t" : ""}${index}`} name={nameOf(entry)} checked={all} partly={some && !all} active={!marked && index === active}
        open={entry < 0 && props.openGroup?.(-1 - entry) === true} marked={marked} level={!tree ? 0 : entry < 0 || marked ? 1 : 2} bare={bare} onCheck={handlers.check} onActivate={handlers.activate}
      />
    )
  }
  const lines = []
  for (let index = Math.max(0, shown.first); index < Math.min(entries.length, shown.last); index++) lines.push(line(entries[index]!, index, index * rowHeight, false))
  const header = (at: number, left: number | null) => {
    const column = columns[at]!
    return <HeaderCell key={column.id} column={column} index={at} left={left} sort={props.sort.find((each) => each.id === column.id)} menu={column.fixed ? undefined : props.menu} onSort={props.onSort} onMove={props.onMove} onWidth={props.onWidth} />
  }
  const heads = []
  for (let at = 0; at < layout.pinned; at++) heads.push(header(at, layout.lefts[at]!))
  if (first > layout.pinned) heads.push(<div key=" gap" aria-hidden className="shrink-0" style={{ width: layout.lefts[first]! - layout.pinnedWidth }} />)
  for (let at = first; at < last; at++) heads.push(header(at, null))
  const every = entries.length > 0 && chosen.size > 0

  return (
    <div
      ref={scroll}
      role={tree ? "treegrid" : "grid"}
      aria-label={label}
      aria-rowcount={entries.length + 1}
      aria-colcount={columns.length + 1}
      aria-multiselectable={!bare}
      {...(active >= shown.first && active < shown.last && active < entries.length ? { "aria-activedescendant": `${name}-${active}` } : {})}
      tabIndex={0}
      onKeyDown={press}
      className="relative min-h-0 flex-1 overflow-auto overscroll-contain bg-surface outline-none focus-visible:shadow-[inset_0_0_0_2px_var(--focus)]"
    >
      <div role="rowgroup" className="sticky top-0 z-20 bg-bg" style={{ minWidth: "100%", width: layout.total }}>
        <div role="row" aria-rowindex={1} className="flex border-b bg-bg" style={{ height: headHeight }}>
          {bare ? null : <div role="columnheader" aria-colindex={1} aria-label="Selection" className="sticky left-0 z-10 flex shrink-0 items-center justify-center bg-bg" style={{ width: CHECK_WIDTH }}>
            <Checkbox
              checked={every && chosen.size >= entries.length}
              indeterminate={every && chosen.size < entries.length}
              label="Select all rows"
              onChange={() => onChosen(chosen.size > 0 ? new Set() : new Set([...entries].flatMap(idsOf)))}
            />
          </div>}
          {heads}
        </div>
        {top.map((row, at) => line(row, at, null, true))}
      </div>
      <div role="rowgroup" className={cn("relative", entries.length === 0 && "hidden")} style={{ height: entries.length * rowHeight, minWidth: "100%", width: layout.total }}>
        {lines}
      </div>
      {entries.length === 0 ? <div className="sticky left-0 w-full">{props.empty}</div> : null}
    </div>
  )
}
