// The tracking workspace: runs beside the charts of their metrics.
import { useQuery } from "@tanstack/react-query"
import { useParams } from "@tanstack/react-router"
import { PanelLeftClose, PanelLeftOpen } from "lucide-react"
import { useEffect, useMemo, useRef, useState } from "react"
import { errorText, isKind } from "~/api/errors"
import type { FieldOption } from "~/domains/tracking/runs/FieldPicker"
import { labelOf } from "~/domains/tracking/runs/columns"
import { NO_ROWS } from "~/domains/tracking/runs/rows"
import { runKeys } from "~/domains/tracking/runs/use_rows"
import { experiment as experimentOf } from "~/api/queries"
import { pyText, useCopyAs } from "~/copyable"
import { Button } from "~/ui/Button"
import { cn } from "~/ui/cn"
import { EmptyState, Trouble } from "~/ui/EmptyState"
import { IconButton } from "~/ui/IconButton"
import { panelSize, rememberPanelSize } from "~/ui/preferences"
import { Splitter } from "~/ui/Splitter"
import { ChartGrid } from "./ChartGrid"
import { listCopies } from "./copies"
import { Focus } from "./Focus"
import { Loader } from "./loader"
import { MetricKeysProvider } from "./metricKeys"
import { RunPane } from "./RunPane"
import { SceneProvider, useScene } from "./scene"
import { ordered } from "./sections"
import { useShortcutsOfPage } from "./shortcuts"
import { useWorkspace } from "./store"
import { Toolbar } from "./Toolbar"
import { useAddress } from "./useAddress"
import { useLive } from "./useLive"
import { columnsOf, useRuns } from "./useRuns"
import { LoaderProvider, LooksProvider, useMakeLooks } from "./usePanel"

const FIELDS: FieldOption[] = ["name", "state", "kind", "user", "group", "start_ms", "end_ms", "duration", "parent_id"].map((column) => ({ column }))

export function WorkspacePage() {
  const { ws = "default", id = "" } = useParams({ strict: false })
  const ready = useAddress(ws, id)
  return ready ? <Workspace key={`${ws}/${id}`} ws={ws} id={id} /> : null
}

function Workspace({ ws, id }: { ws: string; id: string }) {
  const view = useWorkspace((state) => state.view)
  const { q, sort, group, cols, full, live } = view
  const columns = columnsOf(view)
  const list = useRuns(ws, id, view)
  const known = useQuery(runKeys(ws, id, ""))
  const within = useQuery({ ...runKeys(ws, id, q), enabled: q !== "" })
  const { rows } = list
  const scene = useScene(ws, id, rows, view)
  const looks = useMakeLooks(scene)
  const metrics = (q !== "" && within.data ? within.data : known.data)?.metrics
  const keys = useMemo(() => ordered(metrics?.map((metric) => metric.key) ?? []), [metrics])
  const rare = useMemo(() => {
    const most = known.data?.runs ?? 0
    const few = new Set(known.data?.metrics.filter((metric) => metric.runs * 20 < most).map((metric) => metric.key))
    return (key: string) => few.has(key)
  }, [known.data])
  const options = useMemo<FieldOption[]>(() => {
    const found = known.data
    if (!found) return FIELDS
    const of = (map: string, items: { key: string; runs: number }[]) => items.map(({ key, runs }) => ({ column: `${map}.${key}`, runs }))
    return [...FIELDS, ...of("params", found.params), ...of("metrics", found.metrics), ...of("summary", found.summary), ...of("tags", found.tags)]
  }, [known.data])
  const loader = useMemo(() => new Loader(), [])
  useEffect(() => () => loader.close(), [loader])
  const showsMetrics = [...columns, ...sort].some((name) => name.includes("metrics."))
  useLive(id, live, loader, [{ refetch: known.refetch, wanted: true }, { refetch: within.refetch, wanted: q !== "" }, { refetch: list.refetch, wanted: showsMetrics }])
  useCopyAs(useMemo(() => listCopies(ws, id, view), [ws, id, view]))

  const [width, setWidth] = useState(() => Math.max(panelSize("runs", innerWidth < 1440 ? 276 : 340), roomFor(cols.length)))
  const [shut, setShut] = useState(() => panelSize("runs-shut", innerWidth < 768 ? 2 : 1) === 2)
  // A list with columns wants room for them; the splitter has the last word.
  const [room, setRoom] = useState(cols.length)
  if (room !== cols.length) {
    setRoom(cols.length)
    if (cols.length > room) setWidth(Math.max(width, roomFor(cols.length)))
  }
  const [groupOpen, setGroupOpen] = useState(false)
  const filterRef = useRef<HTMLInputElement>(null)
  const searchRef = useRef<HTMLInputElement>(null)
  const fold = (next: boolean) => { setShut(next); rememberPanelSize("runs-shut", next ? 2 : 1) }
  useShortcutsOfPage({ ws, id, scene, filterRef, searchRef, onGroup: () => { fold(false); setGroupOpen(true) }, onFilter: () => { fold(false); if (filterRef.current) filterRef.current.focus(); else requestAnimationFrame(() => filterRef.current?.focus()) } })

  const refused = isKind(list.error, "invalid")
  if (list.error && !refused && rows === NO_ROWS) return <Trouble text={errorText(list.error)} actions={<Button onClick={() => { void list.refetch() }}>Try again</Button>} />
  if (list.none && !q) return <Empty name={id} />
  return (
    <SceneProvider value={scene}>
      <LooksProvider value={looks}>
      <LoaderProvider value={loader}>
        <MetricKeysProvider value={keys}>
          <div className="flex h-full min-h-0">
            {shut ? null : (
              <>
                <div style={{ width }} className="flex shrink-0 flex-col max-md:w-full! md:max-w-[70vw]" role="region" aria-label="Run list">
                  <div className="flex border-b px-2 py-1 md:hidden"><Button small icon={<PanelLeftClose size={14} />} onClick={() => fold(true)}>Charts</Button></div>
                  <RunPane
                    scene={scene} loading={list.loading} error={list.error} options={options} columns={cols}
                    filterRef={filterRef} groupOpen={groupOpen} onGroupOpen={setGroupOpen}
                  />
                </div>
                <Splitter label="Width of the run list" value={width} min={220} max={1100} onChange={(next) => { setWidth(next); rememberPanelSize("runs", next) }} />
              </>
            )}
            <div className={cn("relative flex min-w-0 flex-1 flex-col", !shut && "max-md:hidden")} role="region" aria-label="Charts of runs">
              <div className="absolute top-2 left-0 z-10">
                <IconButton small label={shut ? "Show the run list" : "Fold the run list"} onClick={() => fold(!shut)} className="-ml-0.5">{shut ? <PanelLeftOpen size={14} /> : <PanelLeftClose size={14} />}</IconButton>
              </div>
              <div className="pl-5"><Toolbar ws={ws} experiment={id} keys={keys} searchRef={searchRef} /></div>
              {known.data && keys.length === 0 ? <NoMetrics /> : <ChartGrid keys={keys} rare={rare} loading={known.isPending} />}
              {full ? <Focus key="focus" metric={full} keys={keys} options={options} /> : null}
            </div>
          </div>
          <span className="sr-only" aria-live="polite">{group ? `Grouped by ${labelOf(group)}` : ""}</span>
        </MetricKeysProvider>
      </LoaderProvider>
      </LooksProvider>
    </SceneProvider>
  )
}

/** Pixels that a list with so many columns wants, as far as the charts can spare them. */
function roomFor(columns: number): number {
  return columns > 0 ? Math.round(Math.min(innerWidth * 0.42, 236 + columns * 88)) : 0
}

function Empty({ name }: { name: string }) {
  const found = useExperimentName(name)
  return (
    <EmptyState title="No runs yet" command={[`export MODELWRIGHT_URL=${location.origin}`, "python - <<'END'", "import modelwright as mw", "", `with mw.init(experiment=${pyText(found)}, config={"lr": 0.1}):`, "    for step in range(100):", '        mw.log({"train/loss": 1 / (1 + step)}, step=step)', "END"].join("\n")}>
      Log from Python and the charts draw themselves here, live.
    </EmptyState>
  )
}

function NoMetrics() {
  return (
    <EmptyState title="These runs have logged no metrics" command={'run.log({"train/loss": loss, "val/accuracy": accuracy}, step=step)'}>
      Every metric gets a chart; what stands before a slash in its name makes a section.
    </EmptyState>
  )
}

function useExperimentName(id: string): string {
  const { ws = "default" } = useParams({ strict: false })
  const found = useQuery(experimentOf(ws, id))
  return found.data?.name ?? id
}
