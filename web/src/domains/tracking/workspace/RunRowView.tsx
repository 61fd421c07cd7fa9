import { Bookmark, Eye, EyeOff, MoreHorizontal, Pin } from "lucide-react"
import { memo, useState } from "react"
import { hover } from "~/charts/bus"
import type { Look } from "~/charts/palette"
import { cell, inFull, isNumeric } from "~/domains/tracking/runs/columns"
import type { RunRows } from "~/domains/tracking/runs/rows"
import { Link } from "~/link"
import { paths } from "~/paths"
import { cn } from "~/ui/cn"
import { usePreferences } from "~/ui/preferences"
import { Status } from "~/ui/Status"
import { RunMenu, type RunDeed } from "./RunMenu"
import { Swatch } from "./Swatch"

export interface RunRowProps {
  ws: string
  rows: RunRows
  row: number
  drawn: boolean
  pinned: boolean
  baseline: boolean
  focused: boolean
  /** It was asked to stop and goes on for now. */
  stopping: boolean
  look: Look | undefined
  lineKey: string
  columns: readonly string[]
  /** Value of the baseline in each column, for deltas. */
  against: number
  onDeed: (deed: RunDeed, row: number, extra?: string | null) => void
}

export const COLUMN_WIDTH = 88

/** One run of the list. Everything is a text; a name of 500 characters is cut, its whole is in the title. */
export const RunRowView = memo(function RunRowView({ ws, rows, row, drawn, pinned, baseline, focused, stopping, look, lineKey, columns, against, onDeed }: RunRowProps) {
  const [hot, setHot] = useState(false)
  const id = rows.ids[row] ?? ""
  const name = rows.name(row)
  const state = rows.text("state", row)
  const zone = usePreferences((preferences) => preferences.zone)
  return (
    <div
      data-run={lineKey} data-row={row}
      className={cn("group flex h-7 items-center gap-0.5 pr-1 data-[hovered]:bg-hover", focused ? "bg-accent-soft" : "bg-bg", !drawn && "text-text-3")}
      onPointerEnter={() => { setHot(true); hover(lineKey) }} onPointerLeave={() => { setHot(false); hover(null) }} onFocus={() => setHot(true)}
      onPointerDown={() => onDeed("focus", row)}
    >
      <span className="sticky left-0 z-10 flex h-full min-w-0 flex-1 items-center gap-0.5 bg-inherit pl-1.5">
      <button
        type="button" tabIndex={-1} aria-pressed={drawn} aria-label={drawn ? `Hide ${name}` : `Draw ${name}`} title={drawn ? "Hide (E) · alone with Alt" : "Draw (E) · alone with Alt"}
        className="inline-flex size-6 shrink-0 cursor-default items-center justify-center rounded-control text-text-2 hover:bg-border hover:text-text"
        onClick={(event) => onDeed(event.altKey ? "solo" : "eye", row)}
      >
        {drawn ? <Eye size={14} /> : <EyeOff size={14} className="text-text-3" />}
      </button>
      <Swatch id={id} name={name} look={look} hollow={!drawn} onPick={lineKey === id ? (colour) => onDeed("colour", row, colour) : null} />
      <Link to={paths.run(ws, id)} title={name} tabIndex={-1} className={cn("min-w-0 flex-1 truncate pl-0.5 hover:underline", drawn ? "text-text" : "text-text-2", baseline && "font-semibold")}>{name}</Link>
      {baseline ? <Bookmark size={13} className="shrink-0 fill-current text-accent" aria-label="Baseline" /> : null}
      {pinned ? <Pin size={13} className="shrink-0 text-accent" aria-label="Pinned" /> : null}
      </span>
      <span className="inline-flex w-5 shrink-0 justify-center"><Status state={stopping && state === "running" ? "stopping" : state} bare /></span>
      {columns.map((column) => {
        const value = rows.value(column, row)
        const numeric = isNumeric(rows, column)
        const base = against >= 0 && against !== row && numeric && column.startsWith("metrics.") ? rows.number(column, against) : NaN
        const delta = typeof value === "number" ? value - base : NaN
        return (
          <span
            key={column} style={{ width: COLUMN_WIDTH }}
            title={inFull(column, value, zone) + (Number.isFinite(delta) ? ` (${delta >= 0 ? "+" : "−"}${Math.abs(delta).toPrecision(3)} against the baseline)` : "")}
            className={cn("shrink-0 truncate px-1.5 text-dense", numeric && "text-right font-mono text-[11.5px]", value === null && "text-text-3")}
          >
            {Number.isFinite(delta) && delta !== 0 ? <span className="mr-1 text-text-3">{delta > 0 ? "▴" : "▾"}</span> : null}
            {cell(rows, column, row, zone) || "–"}
          </span>
        )
      })}
      <span className="inline-flex size-6 shrink-0">
        {hot || focused ? (
          <RunMenu
            ws={ws} id={id} state={state} pinned={pinned} baseline={baseline} onDeed={(deed) => onDeed(deed, row)}
            trigger={<button type="button" tabIndex={-1} aria-label={`More for ${name}`} className="inline-flex size-6 cursor-default items-center justify-center rounded-control text-text-2 hover:bg-border hover:text-text"><MoreHorizontal size={14} /></button>}
          />
        ) : null}
      </span>
    </div>
  )
})
