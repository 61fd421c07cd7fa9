import { ChevronDown, LayoutGrid, Radio, Redo2, Spline, Undo2, X } from "lucide-react"
import { memo, useMemo, type RefObject } from "react"
import { labelOf } from "~/domains/tracking/runs/columns"
import { FieldPicker, type FieldOption } from "~/domains/tracking/runs/FieldPicker"
import { Button } from "~/ui/Button"
import { cn } from "~/ui/cn"
import { count, duration, number, si } from "~/ui/format"
import { IconButton } from "~/ui/IconButton"
import { SearchInput } from "~/ui/Input"
import { Menu, MenuCheck, MenuChoices, MenuItem, MenuSeparator } from "~/ui/Menu"
import { xLabel } from "./options"
import { matcher } from "./sections"
import { Slider } from "./Slider"
import { change, redo, undo, useView, useWorkspace } from "./store"
import { ViewsMenu } from "./ViewsMenu"

export interface ToolbarProps {
  ws: string
  experiment: string
  keys: readonly string[]
  searchRef: RefObject<HTMLInputElement | null>
}

/** A switch of the toolbar: a word that is on or off. */
function Word({ on, onClick, title, children }: { on: boolean; onClick: () => void; title: string; children: string }) {
  return (
    <button
      type="button" aria-pressed={on} title={title} onClick={onClick}
      className={cn("inline-flex h-7 shrink-0 cursor-default items-center rounded-control border px-2 text-dense whitespace-nowrap", on ? "border-transparent bg-accent-soft text-accent" : "border-border text-text-2 hover:bg-hover hover:text-text")}
    >
      {children}
    </button>
  )
}

export const Toolbar = memo(function Toolbar({ ws, experiment, keys, searchRef }: ToolbarProps) {
  const panels = useView((view) => view.panels)
  const x = useView((view) => view.x)
  const smooth = useView((view) => view.smooth)
  const logY = useView((view) => view.logY)
  const clip = useView((view) => view.clip)
  const group = useView((view) => view.group)
  const band = useView((view) => view.band)
  const range = useView((view) => view.range)
  const live = useView((view) => view.live)
  const past = useWorkspace((state) => state.past.length)
  const future = useWorkspace((state) => state.future.length)
  const found = useMemo(() => { const match = matcher(panels); return { size: panels ? keys.filter(match).length : keys.length, fault: match.fault } }, [keys, panels])
  const axes = useMemo<FieldOption[]>(() => [{ column: "step" }, { column: "relative" }, { column: "time" }, ...keys.map((key) => ({ column: `metrics.${key}` }))], [keys])
  return (
    <div className="flex min-h-11 shrink-0 flex-wrap items-center gap-x-1.5 gap-y-1 border-b px-3 py-2" role="toolbar" aria-label="Charts">
      <SearchInput ref={searchRef} label="Search panels" placeholder={`Search ${si(keys.length)} panels`} mono value={panels} invalid={found.fault !== undefined} onChange={(text) => change({ panels: text }, "~panels")} className="w-44 shrink" />
      {panels ? <span className="max-w-28 shrink-0 truncate text-dense text-text-3" title={found.fault} aria-live="polite">{`${count(found.size)} of ${count(keys.length)}`}</span> : null}
      <FieldPicker
        label="X axis" options={axes} chosen={[x.startsWith("metric:") ? `metrics.${x.slice(7)}` : x]}
        onPick={(column) => change({ x: column.startsWith("metrics.") ? `metric:${column.slice(8)}` : column, range: null }, "x axis")}
        trigger={<Button className="max-w-44"><span className="text-text-3">x</span><span className="truncate">{xLabel(x)}</span><ChevronDown size={14} className="text-text-3" /></Button>}
      />
      <span className="inline-flex h-7 items-center gap-1.5 pl-1 text-text-3" title="Smoothing ([ and ])"><Spline size={15} aria-hidden /><Slider label="Smoothing" value={smooth} onChange={(next) => change({ smooth: next }, "~smooth")} /></span>
      <Word on={logY} title="Logarithmic y (L)" onClick={() => change({ logY: !logY }, "log y")}>Log y</Word>
      <Word on={clip} title="Leave outliers out of the scale of y" onClick={() => change({ clip: !clip }, "outliers")}>Clip</Word>
      {group ? (
        <Menu trigger={<Button className="max-w-52"><span className="text-text-3">mean by</span><span className="truncate">{labelOf(group)}</span><ChevronDown size={14} className="text-text-3" /></Button>}>
          <MenuChoices label="Band" value={band} onChange={(next) => change({ band: next }, "band")} options={[{ value: "minmax", label: "Least to greatest" }, { value: "std", label: "± standard deviation" }, { value: "ci95", label: "95 % confidence of the mean" }]} />
          <MenuSeparator />
          <MenuItem icon={<X size={14} />} onSelect={() => change({ group: "" }, "group")}>Do not group</MenuItem>
        </Menu>
      ) : null}
      {range ? <Button kind="quiet" icon={<X size={14} />} title="Show all of x (double click in a chart)" onClick={() => change({ range: null }, "zoom")}>{`${xLabel(x)} ${place(x, range[0])} – ${place(x, range[1])}`}</Button> : null}
      <span className="ml-auto flex shrink-0 items-center gap-0.5">
        <IconButton label="Undo" keys="Ctrl Z" disabled={past === 0} onClick={undo}><Undo2 size={15} /></IconButton>
        <IconButton label="Redo" keys="Ctrl ⇧ Z" disabled={future === 0} onClick={redo}><Redo2 size={15} /></IconButton>
        <IconButton label={live ? "Live: follows what runs log" : "Paused"} active={live} onClick={() => change({ live: !live }, "live")}><Radio size={15} /></IconButton>
        <LayoutMenu />
        <ViewsMenu ws={ws} experiment={experiment} />
      </span>
    </div>
  )
})

function place(x: string, value: number): string {
  if (x === "relative") return duration(value)
  if (x === "time") return new Date(value).toISOString().slice(5, 19).replace("T", " ")
  return number(value)
}

function LayoutMenu() {
  const size = useView((view) => view.size)
  const prefix = useView((view) => view.prefix)
  const logX = useView((view) => view.logX)
  const own = useView((view) => Object.keys(view.each).length + view.top.length + view.shut.length + view.order.length + Object.keys(view.titles).length)
  return (
    <Menu align="end" trigger={<button type="button" aria-label="Layout" title="Layout" className="inline-flex size-7 cursor-default items-center justify-center rounded-control text-text-2 hover:bg-hover hover:text-text"><LayoutGrid size={15} /></button>}>
      <MenuChoices label="Size of panels" value={size} onChange={(next) => change({ size: next }, "size")} options={[{ value: "s", label: "Small" }, { value: "m", label: "Medium" }, { value: "l", label: "Large" }]} />
      <MenuSeparator />
      <MenuChoices label="Sections" value={prefix} onChange={(next) => change({ prefix: next, shut: [] }, "sections")} options={[{ value: "first", label: "By first part of the name" }, { value: "last", label: "By all but the last part" }]} />
      <MenuSeparator />
      <MenuCheck checked={logX} onChange={(next) => change({ logX: next }, "log x")}>Logarithmic x</MenuCheck>
      <MenuSeparator />
      <MenuItem disabled={own === 0} onSelect={() => change({ each: {}, top: [], shut: [], order: [], titles: {} }, "layout")}>Forget settings of panels and sections</MenuItem>
    </Menu>
  )
}
