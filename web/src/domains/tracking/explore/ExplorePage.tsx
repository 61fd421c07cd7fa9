import { keepPreviousData, queryOptions, useQuery } from "@tanstack/react-query"
import { useParams, useSearch } from "@tanstack/react-router"
import { useEffect, useMemo, useRef, useState, useTransition } from "react"
import { call } from "~/api/client"
import { errorText, isKind } from "~/api/errors"
import type { ImportanceQuery } from "~/api/types_gen"
import { passing, ready, type Brushes } from "~/charts/parallelModel"
import { curl, pyClient, pyText, useCopyAs } from "~/copyable"
import { useGo, useSetSearch } from "~/link"
import { paths } from "~/paths"
import { EmptyState, Trouble } from "~/ui/EmptyState"
import { Skeleton } from "~/ui/Skeleton"
import { narrowed } from "../runs/filter_text"
import { labelOf } from "../runs/columns"
import { NO_ROWS } from "../runs/rows"
import { runKeys } from "../runs/use_rows"
import type { TrackingSearch } from "../search"
import { pickables } from "../table/ColumnPicker"
import { repack } from "../table/packed"
import { useTable } from "../table/use_table"
import { ExploreBar } from "./ExploreBar"
import { ImportancePanel } from "./ImportancePanel"
import { axisOf, clausesOf } from "./model"
import { HistogramPanel, ParallelPanel, ScatterPanel } from "./panels"
import { RunsRail } from "./RunsRail"
import { readExplore, usualAxes, usualX, writeBrushes } from "./state"

const importanceOf = (ws: string, body: ImportanceQuery) =>
  queryOptions({
    queryKey: [ws, "importance", body],
    queryFn: ({ signal }) => call("runs_importances", {}, body, { ws, signal }),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  })

/** True some time after `what` became what it is. */
function useWaited(what: string, ms: number): boolean {
  const [done, setDone] = useState<string | null>(null)
  useEffect(() => {
    const timer = setTimeout(() => setDone(what), ms)
    return () => clearTimeout(timer)
  }, [what, ms])
  return done === what
}

/** How params and metrics hang together: parallel coordinates, importance, a scatter, a histogram, and the runs behind. */
export function ExplorePage() {
  const { ws, id: experiment } = useParams({ from: "/w/$ws/experiments/$id/explore" })
  const search = useSearch({ strict: false }) as TrackingSearch
  const setSearch = useSetSearch<TrackingSearch>()
  const go = useGo()
  const filter = search.q ?? ""
  const keys = useQuery(runKeys(ws, experiment, ""))
  const state = useMemo(() => readExplore(search.view, keys.data), [search.view, keys.data])
  const setView = (change: Record<string, string>) => setSearch({ view: repack(search.view, change) })
  const { target, goal } = state

  const importance = useQuery({ ...importanceOf(ws, { experiments: [experiment], filter, metric: target, ...(goal ? { goal } : {}) }), enabled: target !== "" })
  // The most important params make the best axes; who has to wait long for them starts with the most common ones.
  const waited = useWaited(`${target} ${filter}`, 1_000)
  const settled = importance.data !== undefined || importance.isError || target === "" || waited
  const chosen = useMemo(() => state.axes ?? (settled ? usualAxes(importance.data, keys.data) : []), [state.axes, settled, importance.data, keys.data])
  const x = state.x ?? usualX(importance.data, keys.data)
  const columns = useMemo(() => [...new Set([...chosen, target, x, ...(state.colour ? [state.colour] : [])])].filter((each) => each !== "" && each.includes(".")).sort(), [chosen, target, x, state.colour])
  const body = useMemo(() => ({ experiments: [experiment], filter, columns, limit: state.limit }), [experiment, filter, columns, state.limit])
  const table = useTable(ws, body, [], keys.data !== undefined && settled)
  const rows = table.data ?? NO_ROWS

  const axes = useMemo(() => [...chosen.filter((each) => each !== target), ...(target ? [target] : [])].map((each) => axisOf(rows, each, state.flipped.includes(each))), [rows, chosen, target, state.flipped])
  // What is brushed: from the address at first, then from the chart; a region circled elsewhere takes its place.
  const [circled, setCircled] = useState<ReadonlySet<string> | null>(null)
  const [brushes, setBrushes] = useState<Brushes>(state.brushes)
  const brushed = useMemo(() => {
    if (Object.keys(brushes).length === 0) return null
    const pass = passing(axes.map(ready), brushes, rows.count)
    return new Set(rows.ids.filter((_, row) => pass[row] === 1))
  }, [axes, brushes, rows])
  const kept = circled ?? brushed
  const [, startTransition] = useTransition()
  const timer = useRef(0)
  const brush = (next: Brushes) => {
    startTransition(() => { setBrushes(next); setCircled(null) })
    clearTimeout(timer.current)
    timer.current = window.setTimeout(() => setView({ "e.b": writeBrushes(next) }), 300)
  }
  const flip = (flipped: string[], next: Brushes) => {
    setBrushes(next)
    clearTimeout(timer.current)
    setView({ "e.f": flipped.length > 0 ? JSON.stringify(flipped) : "", "e.b": writeBrushes(next) })
  }
  const clear = () => { setCircled(null); setBrushes({}); setView({ "e.b": "" }) }
  const apply = () => {
    const q = clausesOf(axes, rows, brushes).reduce((text, clause) => narrowed(text, clause), filter)
    setBrushes({})
    setSearch({ q, view: repack(search.view, { "e.b": "" }) }, { push: true })
  }
  const options = useMemo(() => pickables(keys.data).map(({ base, runs }) => ({ column: base, ...(runs === null ? {} : { runs }) })), [keys.data])
  const open = useMemo(() => (id: string) => go(paths.run(ws, id)), [ws]) // oxlint-disable-line react/exhaustive-deps
  useCopyAs({
    sdk: `${pyClient(ws)}\nruns = list(client.runs.search(${pyText(filter)}, experiments=[${pyText(experiment)}]))`,
    curl: curl("/api/v1/runs:importance", { ws, body: { experiments: [experiment], filter, metric: target } }),
  })

  if (keys.error && !keys.data) return <Trouble text={errorText(keys.error)} />
  if (keys.data?.runs === 0) return <EmptyState title="Nothing to explore yet" command={"import modelwright as mw\n\nfor lr in (0.1, 0.01, 0.001):\n    run = mw.init(config={\"lr\": lr})\n    run.log({\"loss\": train(lr)})\n    run.finish()"}>With a few runs that differ in their params, this page shows which of them matter.</EmptyState>
  if (keys.data && target === "") return <EmptyState title="No run has a metric yet" command={"run.log({\"loss\": 0.5})"}>Log a number, and this page shows which params move it.</EmptyState>
  const label = labelOf(target)
  const nothing = table.data !== undefined && rows.count === 0
  return (
    <div className="flex h-full min-h-0 flex-col">
      <ExploreBar
        ws={ws} experiment={experiment} filter={filter} onFilter={(q) => setSearch({ q: q || undefined }, { push: true })} error={table.error ?? importance.error} options={options} state={state}
        onTarget={(column) => { setBrushes({}); setView({ "e.y": column, "e.b": "", "e.goal": "" }) }} onGoal={(next) => setView({ "e.goal": next })} onLimit={(limit) => setView({ "e.n": String(limit) })}
        drawn={rows.count} total={rows.total}
      />
      <div className="flex min-h-0 flex-1">
        {nothing ? <div className="flex-1"><EmptyState title="No run matches the filter">The charts come back when some do.</EmptyState></div> : table.error && !table.data && !isKind(table.error, "invalid") ? <Trouble text={errorText(table.error)} /> : (
          <div className="grid min-w-0 flex-1 auto-rows-max grid-cols-1 content-start gap-3 overflow-y-auto p-3 xl:grid-cols-2">
            <div className="h-[316px] xl:col-span-2">
              {!table.data ? <Skeleton className="h-full" /> : <ParallelPanel rows={rows} axes={axes} target={target} chosen={chosen} options={options} brushes={brushes} onBrush={brush} onAxes={(next) => setView({ "e.axes": next === null ? "" : JSON.stringify(next) })} onFlip={flip} onPick={open} usual={state.axes === null} />}
            </div>
            <div className="flex h-[300px] flex-col [&>*]:flex-1"><ImportancePanel data={importance.data} error={importance.error} label={label} onPick={(param) => setView({ "e.x": `params.${param}` })} /></div>
            <div className="flex h-[300px] flex-col [&>*]:flex-1"><ScatterPanel rows={rows} x={x} target={target} colour={state.colour} goal={goal} kept={brushed} options={options} onX={(column) => setView({ "e.x": column })} onColour={(column) => setView({ "e.c": column })} onPick={open} onLasso={(ids) => setCircled(ids.length > 0 ? new Set(ids) : null)} /></div>
            <div className="flex h-[240px] flex-col xl:col-span-2 [&>*]:flex-1"><HistogramPanel rows={rows} target={target} kept={kept} onRange={(ids) => setCircled(new Set(ids))} /></div>
          </div>
        )}
        <RunsRail ws={ws} rows={rows} loading={table.data === undefined && !table.error} target={target} goal={goal} kept={kept} onClear={clear} onApply={circled || brushed === null ? null : apply} onCompare={(runs) => go(paths.compare(ws, experiment), { ...search, runs })} />
      </div>
    </div>
  )
}
