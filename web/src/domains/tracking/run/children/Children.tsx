// The runs below this one as a tree: states, durations, and one metric of the reader's choice.
import { useQuery } from "@tanstack/react-query"
import { ChevronDown, ChevronRight } from "lucide-react"
import { useMemo, useRef, useState } from "react"
import { useSearch } from "@tanstack/react-router"
import { errorText } from "~/api/errors"
import { toNumber } from "~/api/num"
import * as queries from "~/api/queries"
import type { Run } from "~/api/types_gen"
import type { RunPlaceSearch } from "~/domains/tracking/search"
import { Link, useSetSearch } from "~/link"
import { paths } from "~/paths"
import { Button } from "~/ui/Button"
import { cn } from "~/ui/cn"
import { EmptyState, Trouble } from "~/ui/EmptyState"
import { number, plural } from "~/ui/format"
import { Select } from "~/ui/Select"
import { SkeletonRows } from "~/ui/Skeleton"
import { Badge, Status } from "~/ui/Status"
import { Ago, Took } from "~/ui/Time"
import { useRows } from "~/ui/VirtualList"
import { own } from "../overview/Summary"
import { natural } from "../overview/values"
import { stateOf } from "../RunHeader"
import type { TabProps } from "../RunPage"
import { childRows } from "./tree"

const GRID = "grid grid-cols-[minmax(160px,1fr)_104px_minmax(72px,110px)] sm:grid-cols-[minmax(200px,1fr)_112px_96px_110px_minmax(90px,160px)] items-center gap-3 px-3 sm:px-4"
const NONE = "–"

export function Children({ ws, run }: TabProps) {
  const search = useSearch({ strict: false }) as RunPlaceSearch
  const set = useSetSearch<RunPlaceSearch>()
  const { data, error, refetch } = useQuery(queries.children(ws, run.id, true))
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set())
  const [sorted, setSorted] = useState<"none" | "asc" | "desc">("none")
  const scroll = useRef<HTMLDivElement>(null)
  const runs = useMemo(() => data?.items ?? [], [data])
  const metrics = useMemo(() => [...new Set(runs.flatMap((each) => Object.keys(each.metrics)))].filter(own).sort(natural), [runs])
  const metric = search.x !== undefined && metrics.includes(search.x) ? search.x : (metrics[0] ?? NONE)
  const rows = useMemo(() => {
    const value = (each: Run): number => toNumber(each.metrics[metric]?.best ?? each.metrics[metric]?.last)
    const order = (one: Run, two: Run): number => {
      const [a, b] = [value(one), value(two)]
      if (Number.isNaN(a) || Number.isNaN(b)) return Number.isNaN(a) === Number.isNaN(b) ? 0 : Number.isNaN(a) ? 1 : -1
      return sorted === "asc" ? a - b : b - a
    }
    return childRows(runs, run.id, closed, sorted === "none" ? undefined : order)
  }, [runs, run.id, closed, sorted, metric])
  const list = useRows(rows.length, 32, scroll)
  if (error) return <Trouble text={errorText(error)} actions={<Button onClick={() => void refetch()}>Try again</Button>} />
  if (!data) return <SkeletonRows rows={5} className="p-4" />
  if (runs.length === 0) return <EmptyState title="No runs below this one" command={`mw.init(parent="${run.id}", kind="trial")`}>Trials of a search, folds, steps of a pipeline: runs that name this one as their parent.</EmptyState>
  const states = new Map<string, number>()
  for (const each of runs) states.set(stateOf(each), (states.get(stateOf(each)) ?? 0) + 1)
  const toggle = (id: string): void => setClosed((old) => {
    const next = new Set(old)
    if (!next.delete(id)) next.add(id)
    return next
  })
  return (
    <div className="flex h-full min-h-0 flex-col">
      <div className="flex shrink-0 flex-wrap items-center gap-3 border-b px-3 py-1.5 sm:px-4">
        <span className="text-text-2">{plural(runs.length, "run")}</span>
        {[...states].map(([state, many]) => <span key={state} className="inline-flex items-center gap-1"><Status state={state} /><span className="text-text-3">{many}</span></span>)}
        {metrics.length > 0 ? <span className="ml-auto"><Select label="Metric" prefix="Metric" value={metric} onChange={(next) => set({ x: next })} options={metrics.map((key) => ({ value: key, label: key }))} className="max-w-72" /></span> : null}
      </div>
      <div ref={scroll} role="treegrid" aria-label="Runs below this one" className="min-h-0 flex-1 overflow-auto">
        <div role="row" className={cn(GRID, "sticky top-0 z-10 h-8 border-b bg-bg text-dense font-medium text-text-3")}>
          <span role="columnheader">Run</span><span role="columnheader">State</span>
          <span role="columnheader" className="max-sm:hidden">Took</span><span role="columnheader" className="max-sm:hidden">Started</span>
          <span role="columnheader" aria-sort={sorted === "asc" ? "ascending" : sorted === "desc" ? "descending" : "none"} className="min-w-0 text-right">
            <button type="button" title={metric} onClick={() => setSorted(sorted === "none" ? "asc" : sorted === "asc" ? "desc" : "none")} className="max-w-full cursor-default truncate hover:text-text">{metric}{sorted === "asc" ? " ↑" : sorted === "desc" ? " ↓" : ""}</button>
          </span>
        </div>
        <div role="rowgroup" className="relative" style={{ height: list.getTotalSize() }}>
          {list.getVirtualItems().map((item) => {
            const row = rows[item.index]
            if (!row) return null
            const each = row.run
            const found = each.metrics[metric]
            return (
              <div role="row" aria-level={row.depth + 1} key={each.id} className={cn(GRID, "absolute top-0 left-0 w-full border-b hover:bg-hover")} style={{ height: 32, transform: `translateY(${item.start}px)` }}>
                <span role="gridcell" className="flex min-w-0 items-center gap-1" style={{ paddingLeft: row.depth * 18 }}>
                  {row.below > 0 ? <button type="button" aria-expanded={!closed.has(each.id)} aria-label={closed.has(each.id) ? "Open" : "Close"} onClick={() => toggle(each.id)} className="text-text-3">{closed.has(each.id) ? <ChevronRight size={14} /> : <ChevronDown size={14} />}</button> : <span className="w-3.5 shrink-0" />}
                  <Link to={paths.run(ws, each.id)} dir="auto" title={each.name} className="min-w-0 truncate font-medium hover:text-accent hover:underline">{each.name}</Link>
                  {each.kind !== "training" ? <Badge>{each.kind}</Badge> : null}
                  {closed.has(each.id) ? <span className="text-dense text-text-3">{row.below} below</span> : null}
                </span>
                <span role="gridcell"><Status state={stateOf(each)} /></span>
                <span role="gridcell" className="text-text-2 max-sm:hidden"><Took from={each.start_ms ?? each.created_ms} to={each.state === "running" ? null : (each.end_ms ?? each.heartbeat_ms ?? each.start_ms)} /></span>
                <span role="gridcell" className="text-text-2 max-sm:hidden"><Ago at={each.start_ms ?? each.created_ms} /></span>
                <span role="gridcell" className="text-right font-mono text-dense">{found ? number(toNumber(found.best ?? found.last)) : <span className="text-text-3">–</span>}</span>
              </div>
            )
          })}
        </div>
      </div>
    </div>
  )
}
