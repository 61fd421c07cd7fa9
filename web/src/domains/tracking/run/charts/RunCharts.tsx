// All metrics of a run as charts, in sections by prefix, searched by a regular expression.
import { useSearch } from "@tanstack/react-router"
import { ChevronDown, ChevronRight, ZoomOut } from "lucide-react"
import { useCallback, useDeferredValue, useMemo, useState } from "react"
import type { RunPlaceSearch } from "~/domains/tracking/search"
import { nextSmooth } from "~/domains/tracking/workspace/options"
import { matcher, ordered, sectioned } from "~/domains/tracking/workspace/sections"
import { useSetSearch } from "~/link"
import { Button } from "~/ui/Button"
import { cn } from "~/ui/cn"
import { EmptyState } from "~/ui/EmptyState"
import { count } from "~/ui/format"
import { useKeys } from "~/ui/keys"
import { SearchInput } from "~/ui/Input"
import { Select } from "~/ui/Select"
import { Switch } from "~/ui/Switch"
import { own } from "../overview/Summary"
import type { TabProps } from "../RunPage"
import { RunPanel } from "./RunPanel"

const AXES = [{ value: "step", label: "Step" }, { value: "relative", label: "Relative time" }, { value: "time", label: "Wall time" }]
const FIRST = 60

export function RunCharts({ ws, run }: TabProps) {
  const search = useSearch({ strict: false }) as RunPlaceSearch
  const set = useSetSearch<RunPlaceSearch>()
  const [range, setRange] = useState<[number, number] | null>(null)
  const onRange = useCallback((next: [number, number] | null) => setRange(next), [])
  const wanted = useDeferredValue(search.panels ?? "")
  const names = Object.keys(run.metrics).join("\n")
  const keys = useMemo(() => ordered((names === "" ? [] : names.split("\n")).filter(own)), [names])
  const fits = useMemo(() => matcher(wanted), [wanted])
  const sections = useMemo(() => gathered(sectioned(keys.filter(fits))), [keys, fits])
  const x = search.x ?? "step"
  const smooth = search.smooth ?? 0
  const shown = sections.reduce((sum, section) => sum + section.keys.length, 0)
  const axes = useMemo(() => (x.startsWith("metric:") ? [...AXES, { value: x, label: x.slice(7) }] : AXES), [x])
  useKeys([
    { keys: "[", label: "Less smoothing", run: () => set({ smooth: nextSmooth(smooth, false) || undefined }) },
    { keys: "]", label: "More smoothing", run: () => set({ smooth: nextSmooth(smooth, true) }) },
    { keys: "l", label: "Logarithmic y", run: () => set({ logy: search.logy === true ? undefined : true }) },
  ])
  if (keys.length === 0) {
    return <EmptyState title="No metrics yet" command={'mw.log({"loss": 0.5, "val/accuracy": 0.9})'}>{run.state === "running" ? "Charts appear here with the first point." : "This run logged no points."}</EmptyState>
  }
  return (
    <div className="flex flex-col">
      <div className="sticky top-0 z-20 flex flex-wrap items-center gap-x-3 gap-y-2 border-b bg-bg px-3 py-1.5 sm:px-4">
        <SearchInput mono value={search.panels ?? ""} invalid={fits.fault !== undefined} onChange={(panels) => set({ panels: panels || undefined })} label="Search charts" placeholder="Search charts by regular expression" className="min-w-44 flex-1 sm:max-w-80" />
        <span role="status" className="text-dense whitespace-nowrap text-text-3">{shown === keys.length ? `${count(keys.length)} charts` : `${count(shown)} of ${count(keys.length)} charts`}</span>
        <div className="ml-auto flex flex-wrap items-center gap-3">
          {range ? <Button small icon={<ZoomOut size={14} />} onClick={() => setRange(null)}>Whole range</Button> : null}
          <label className="flex items-center gap-2 text-dense text-text-2">
            Smoothing
            <input type="range" min={0} max={0.99} step={0.01} value={smooth} onChange={(event) => set({ smooth: Number(event.target.value) || undefined })} className="w-24 accent-[var(--accent)]" />
            <span className="w-8 font-mono">{smooth.toFixed(2)}</span>
          </label>
          <Switch label="Log y" checked={search.logy === true} onChange={(on) => set({ logy: on || undefined })} />
          <Select label="X axis" prefix="x" value={x} onChange={(next) => { setRange(null); set({ x: next === "step" ? undefined : next }) }} options={axes} />
        </div>
      </div>
      {sections.length === 0 ? <EmptyState title="No chart matches" actions={<Button onClick={() => set({ panels: undefined })}>Show all</Button>}>The search is a regular expression over the names of metrics.</EmptyState> : null}
      {sections.map((section) => (
        <Section key={section.name} name={section.name} size={section.keys.length}>
          {(limit) => section.keys.slice(0, limit).map((key) => (
            <RunPanel key={`${key} ${x}`} ws={ws} run={run.id} title={key} metrics={single(key)} x={x} smooth={smooth} logY={search.logy === true} range={range} onRange={onRange} />
          ))}
        </Section>
      ))}
    </div>
  )
}

/** Sections of one chart are gathered under "metrics", so that no chart stands alone in a row. */
function gathered(sections: { name: string; keys: string[] }[]): { name: string; keys: string[] }[] {
  const few = sections.filter((section) => section.keys.length === 1 || section.name === "metrics")
  if (few.length < 2) return sections
  return [{ name: "metrics", keys: few.flatMap((section) => section.keys) }, ...sections.filter((section) => !few.includes(section))]
}

const singles = new Map<string, string[]>()
/** The same list for the same key, so that a chart is not drawn anew. */
function single(key: string): string[] {
  let found = singles.get(key)
  if (!found) singles.set(key, (found = [key]))
  return found
}

export function Section({ name, size, children }: { name: string; size: number; children: (limit: number) => React.ReactNode }) {
  const [open, setOpen] = useState(true)
  const [limit, setLimit] = useState(FIRST)
  return (
    <section aria-label={name} className="px-3 sm:px-4">
      <button type="button" aria-expanded={open} onClick={() => setOpen(!open)} className="flex h-9 w-full cursor-default items-center gap-1.5 text-left">
        {open ? <ChevronDown size={14} className="text-text-3" /> : <ChevronRight size={14} className="text-text-3" />}
        <span dir="auto" className="font-semibold">{name}</span>
        <span className="text-dense text-text-3">{size}</span>
      </button>
      {open ? (
        <div className="flex flex-col gap-3 pb-3">
          <div className={cn("grid gap-3", size < 3 ? "grid-cols-[repeat(auto-fit,minmax(min(100%,340px),1fr))]" : "grid-cols-[repeat(auto-fill,minmax(min(100%,340px),1fr))]")}>{children(limit)}</div>
          {size > limit ? <Button className="self-start" onClick={() => setLimit(limit + 200)}>Show {count(Math.min(200, size - limit))} more of {count(size)}</Button> : null}
        </div>
      ) : null}
    </section>
  )
}
