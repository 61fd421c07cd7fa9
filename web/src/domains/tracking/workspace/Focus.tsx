// One panel over the whole grid: more buckets, its settings beside it, and the metric split by a key into small multiples.
import { ChevronLeft, ChevronRight, Grid2x2, X } from "lucide-react"
import { useEffect, useMemo, useRef } from "react"
import type { ChartHandle } from "~/charts/export"
import { labelOf } from "~/domains/tracking/runs/columns"
import { FieldPicker, type FieldOption } from "~/domains/tracking/runs/FieldPicker"
import { Button } from "~/ui/Button"
import { count, plural } from "~/ui/format"
import { IconButton } from "~/ui/IconButton"
import { useKeys } from "~/ui/keys"
import { PanelBody, useWidth } from "./Panel"
import { PanelMenu } from "./PanelMenu"
import { PanelSettings } from "./PanelSettings"
import { groupName, useSceneNow } from "./scene"
import { change, useView } from "./store"
import { bucketsFor, usePanelOptions, useSeries } from "./usePanel"
import type { SeriesFrame } from "~/charts/grid"

const FACETS = 60

export function Focus({ metric, keys, options }: { metric: string; keys: readonly string[]; options: readonly FieldOption[] }) {
  const panel = usePanelOptions(metric)
  const scene = useSceneNow()
  const facet = useView((view) => view.facet)
  const [ref, width] = useWidth()
  const chart = useRef<ChartHandle>(null)
  const loaded = useSeries(`full ${metric}`, metric, panel, width > 0 ? bucketsFor(width * 1.5, scene.fetched.length) : 0)
  const at = keys.indexOf(metric)
  const go = (by: number) => { const next = keys[at + by]; if (next !== undefined) change({ full: next }, "") }
  useKeys([
    { keys: "Escape", label: "Back to all panels", run: () => change({ full: "" }, "") },
    { keys: "ArrowRight", label: "Next panel", run: () => go(1) },
    { keys: "ArrowLeft", label: "Panel before", run: () => go(-1) },
  ])
  const root = useRef<HTMLDivElement>(null)
  useEffect(() => { root.current?.focus() }, [])
  const splits = options.filter((option) => !option.column.startsWith("metrics.") && !/^(name|start_ms|end_ms|duration)$/.test(option.column))
  return (
    <div ref={root} tabIndex={-1} role="region" aria-label={`${metric}, full screen`} className="absolute inset-0 z-20 flex flex-col bg-bg outline-none">
      <header className="flex h-10 shrink-0 items-center gap-2 border-b px-3">
        <IconButton label="Panel before" keys="←" onClick={() => go(-1)} disabled={at <= 0}><ChevronLeft size={16} /></IconButton>
        <IconButton label="Next panel" keys="→" onClick={() => go(1)} disabled={at < 0 || at >= keys.length - 1}><ChevronRight size={16} /></IconButton>
        <h2 title={metric} className="m-0 min-w-0 truncate text-title font-semibold">{metric}</h2>
        <span className="shrink-0 text-dense text-text-3">{loaded.frame ? `${count(loaded.frame.buckets)} buckets · ${Math.round(loaded.took)} ms` : ""}</span>
        <span className="ml-auto flex items-center gap-1">
          <FieldPicker
            label="Split by" options={splits} chosen={facet ? [facet] : []} none="Not split" onPick={(column) => change({ facet: column }, "facet")}
            trigger={<Button icon={<Grid2x2 size={14} />}>{facet ? `Split by ${labelOf(facet)}` : "Split by…"}</Button>}
          />
          <PanelMenu metric={metric} chart={chart} loaded={loaded} />
          <IconButton label="Back to all panels" keys="Esc" onClick={() => change({ full: "" }, "")}><X size={16} /></IconButton>
        </span>
      </header>
      <div className="flex min-h-0 flex-1">
        <div ref={ref} className="flex min-h-0 min-w-0 flex-1 flex-col p-2">
          {facet ? <Multiples metric={metric} facet={facet} loaded={loaded} /> : <PanelBody metric={metric} options={panel} loaded={loaded} chart={chart} />}
        </div>
        <aside aria-label="Settings of the panel" className="hidden w-[360px] shrink-0 overflow-auto border-l p-3 lg:block"><PanelSettings metric={metric} /></aside>
      </div>
    </div>
  )
}

/** The values of the key that drawn runs have, most runs first, with the lines of each. */
export function facetsOf(frame: SeriesFrame | null, valueOf: (line: SeriesFrame["lines"][number]) => string | null): { name: string; keys: Set<string> }[] {
  const found = new Map<string, Set<string>>()
  for (const line of frame?.lines ?? []) {
    const name = valueOf(line)
    if (name === null) continue
    const keys = found.get(name)
    if (keys) keys.add(line.key)
    else found.set(name, new Set([line.key]))
  }
  return [...found].map(([name, keys]) => ({ name, keys })).sort((a, b) => a.name.localeCompare(b.name, "en", { numeric: true }))
}

function Multiples({ metric, facet, loaded }: { metric: string; facet: string; loaded: ReturnType<typeof useSeries> }) {
  const scene = useSceneNow()
  const panel = usePanelOptions(metric)
  const chart = useRef<ChartHandle>(null)
  const grouped = scene.groupOf !== null
  const { rows, drawn } = scene
  const facets = useMemo(() => facetsOf(loaded.frame, (line) => {
    const row = rows.rowOf(line.run)
    return row >= 0 && drawn.has(row) ? groupName(rows.value(facet, row)) : null
  }), [loaded.frame, rows, drawn, facet])
  // One scale for all, or they could not be compared.
  const yRange = useMemo(() => {
    if (panel.min !== null || panel.max !== null || panel.clip || !loaded.frame) return undefined
    let low = Infinity
    let high = -Infinity
    for (const line of loaded.frame.lines) {
      if (!drawn.has(rows.rowOf(line.run))) continue
      for (let at = Math.max(0, line.from); at <= line.to; at++) {
        const value = line.mean[at] ?? NaN
        if (value < low) low = value
        if (value > high) high = value
      }
    }
    const room = panel.logY ? 0 : (high - low) * 0.04
    return low < high ? ([low - room, high + room] as const) : undefined
  }, [loaded.frame, panel, drawn, rows])
  if (grouped) {
    return <div className="flex flex-1 flex-col items-center justify-center gap-2 text-text-2">Runs are grouped into means; small multiples show runs.<Button onClick={() => change({ group: "" }, "group")}>Do not group</Button></div>
  }
  return (
    <div className="min-h-0 flex-1 overflow-auto" role="group" aria-label={`Split by ${labelOf(facet)}`} tabIndex={0}>
      <div className="grid gap-2" style={{ gridTemplateColumns: "repeat(auto-fill, minmax(300px, 1fr))" }}>
        {facets.slice(0, FACETS).map((each) => <Multiple key={each.name} metric={metric} title={`${labelOf(facet)} = ${each.name || "–"}`} keys={each.keys} loaded={loaded} chart={chart} yRange={yRange} />)}
      </div>
      {facets.length > FACETS ? <p className="text-text-3">and {count(facets.length - FACETS)} more values: filter the runs to see them</p> : null}
    </div>
  )
}

function Multiple({ metric, title, keys, loaded, chart, yRange }: { metric: string; title: string; keys: Set<string>; loaded: ReturnType<typeof useSeries>; chart: React.RefObject<ChartHandle | null>; yRange: readonly [number, number] | undefined }) {
  const options = usePanelOptions(metric)
  const keep = useMemo(() => (key: string) => keys.has(key), [keys])
  return (
    <section aria-label={title} className="flex h-56 min-w-0 flex-col rounded-panel border bg-surface">
      <header className="flex h-7 shrink-0 items-center gap-2 px-2.5 text-dense"><h3 title={title} className="m-0 min-w-0 truncate text-dense font-medium">{title}</h3><span className="ml-auto shrink-0 text-text-3">{plural(keys.size, "run")}</span></header>
      <PanelBody metric={metric} options={options} loaded={loaded} chart={chart} keep={keep} yRange={yRange} />
    </section>
  )
}
