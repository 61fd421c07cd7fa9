import { keepPreviousData, useQuery } from "@tanstack/react-query"
import { useParams, useSearch } from "@tanstack/react-router"
import { useEffect, useMemo, useRef, useState, type KeyboardEvent } from "react"
import { isKind, errorText } from "~/api/errors"
import { curl, pyClient, pyText, useCopyAs } from "~/copyable"
import { useGo, useSetSearch } from "~/link"
import { paths } from "~/paths"
import { moved } from "~/table/columns"
import type { Group } from "~/table/group"
import { rankWhenIdle } from "~/table/sort"
import { TableView } from "~/table/TableView"
import { Button } from "~/ui/Button"
import { EmptyState, Trouble } from "~/ui/EmptyState"
import { SkeletonRows } from "~/ui/Skeleton"
import { download } from "~/ui/clipboard"
import { useKeys } from "~/ui/keys"
import { usePreferences } from "~/ui/preferences"
import { shortId } from "../runs/ids"
import { NO_ROWS, type RunRows } from "../runs/rows"
import { runKeys } from "../runs/use_rows"
import type { TrackingSearch } from "../search"
import { BulkBar, MOST_COMPARED } from "./BulkBar"
import { pickables } from "./ColumnPicker"
import { dataOf, grouped, linesOf, sorted } from "./derive"
import { rowsInGroups, tableCsv } from "./export"
import { HeaderMenu } from "./HeaderMenu"
import { neededColumns, nextSort, readTable, writeLayout, writeSort, type TableState } from "./state"
import { listIn, listOut, repack, unpack } from "./packed"
import { TableBar } from "./TableBar"
import { useTable } from "./use_table"
import { ViewsMenu } from "./ViewsMenu"
import { viewColumns } from "./view_columns"
import { useWidths } from "./widths"

const MOST_ROWS = 100_000
const NOTHING: ReadonlySet<string> = new Set()

/** Every run of the experiment with its params and metrics: sorted, grouped and compared where they are. */
export function TablePage() {
  const { ws, id: experiment } = useParams({ from: "/w/$ws/experiments/$id/table" })
  const search = useSearch({ strict: false }) as TrackingSearch
  const setSearch = useSetSearch<TrackingSearch>()
  const go = useGo()
  const zone = usePreferences((state) => state.zone)
  const filter = search.q ?? ""
  const deleted = search.shown === "deleted"
  const keys = useQuery({ ...runKeys(ws, experiment, ""), placeholderData: keepPreviousData, refetchInterval: (query) => (query.state.status === "error" ? 5_000 : false) })
  const state = useMemo(() => readTable(search, keys.data), [search, keys.data])
  const set = (change: Partial<TableState>) => {
    const next = { ...state, ...change }
    setSearch({
      ...(change.columns ? { cols: change.columns } : {}),
      ...(change.sort ? { sort: writeSort(change.sort) } : {}),
      ...(change.group ? { group: change.group.length > 0 ? change.group : undefined } : {}),
      layout: writeLayout(Math.min(next.pinned, next.columns.length), next.roomy),
    })
  }

  const body = useMemo(() => ({ experiments: [experiment], filter, lifecycle: deleted ? "deleted" as const : "active" as const, columns: neededColumns(state), limit: MOST_ROWS }), [experiment, filter, deleted, state])
  const ready = keys.data !== undefined || search.cols !== undefined || keys.isError
  const table = useTable(ws, body, writeSort(state.sort) ?? [], ready)
  const rows = table.data ?? NO_ROWS
  useEffect(() => rankWhenIdle(state.columns.flatMap((id) => { const data = dataOf(rows, id); return data?.kind === "words" ? [data.words] : [] })), [rows, state.columns])
  const order = useMemo(() => sorted(rows, state.sort), [rows, state.sort])
  const groups = useMemo(() => grouped(rows, order, state.group, state.sort.length > 0), [rows, order, state.group, state.sort])
  const open = useMemo<ReadonlySet<string>>(() => new Set(listIn(unpack(search.view), "t.open")), [search.view])
  const setOpen = (next: ReadonlySet<string>) => setSearch({ view: repack(search.view, { "t.open": listOut(next) }) })
  const lines = useMemo(() => linesOf(order, groups, state.group, open), [order, groups, state.group, open])
  const [picked, setPicked] = useState(NOTHING)
  const chosen = useMemo(() => stillThere(picked, rows), [picked, rows])
  const baseline = search.baseline ? rows.rowOf(search.baseline) : -1
  const pins = (search.pins ?? []).flatMap((pin) => pin.split(".")).map((pin) => rows.rowOf(pin)).filter((row) => row >= 0 && row !== baseline)
  const top = baseline >= 0 ? [baseline, ...pins] : pins
  const { widthOf, setWidth } = useWidths()
  // eslint-disable-next-line react-hooks/exhaustive-deps
  const columns = useMemo(() => viewColumns({ ws, rows, columns: state.columns, pinned: state.pinned, groups, by: state.group, baseline, widthOf, zone }), [ws, rows, state, groups, baseline, widthOf, zone])

  const filterRef = useRef<HTMLInputElement>(null)
  const ids = useMemo(() => [...chosen], [chosen])
  const compare = () => go(paths.compare(ws, experiment), { ...search, runs: ids.slice(0, MOST_COMPARED) })
  const options = useMemo(() => pickables(keys.data).map(({ base, runs }) => ({ column: base, ...(runs === null ? {} : { runs }) })), [keys.data])
  const sortBy = (id: string, more: boolean) => set({ sort: nextSort(state.sort, id, more, id === "start_ms" || id === "end_ms") })
  const move = (id: string, target: string, behind: boolean) => {
    const to = state.columns.indexOf(target)
    const from = state.columns.indexOf(id)
    const wasPinned = from < state.pinned
    const nowPinned = to < state.pinned && !(behind && to === state.pinned - 1 && !wasPinned && to > 0)
    set({ columns: moved(state.columns, id, target, behind || target === "name"), pinned: state.pinned + (nowPinned && !wasPinned && target !== "name" ? 1 : !nowPinned && wasPinned ? -1 : 0) })
  }
  const key = (event: KeyboardEvent, row: number | null) => {
    if (event.metaKey || event.ctrlKey || event.altKey || row === null) return
    const id = rows.ids[row] ?? ""
    if (event.key === "b") setSearch({ baseline: row === baseline ? undefined : shortId(id) })
    else if (event.key === "p") {
      const old = (search.pins ?? []).flatMap((pin) => pin.split("."))
      const next = old.includes(shortId(id)) ? old.filter((pin) => pin !== shortId(id)) : [...old, shortId(id)]
      setSearch({ pins: next.length > 0 ? [next.join(".")] : undefined })
    } else return
    event.preventDefault()
    event.stopPropagation()
  }
  useKeys([
    { keys: "f", label: "Filter runs", group: "Table", run: () => filterRef.current?.focus() },
    { keys: "/", label: "Filter runs", group: "Table", run: () => filterRef.current?.focus() },
    { keys: "c", label: "Compare the chosen runs", group: "Table", run: () => { if (ids.length > 1) compare() } },
    { keys: "b", label: "Make the row of the focus the baseline", group: "Table", run: () => {} },
    { keys: "p", label: "Pin the row of the focus to the top", group: "Table", run: () => {} },
  ])
  useCopyAs({
    sdk: `${pyClient(ws)}\nruns = client.runs.search(${pyText(filter)}, experiments=[${pyText(experiment)}])`,
    curl: curl("/api/v1/runs:table", { ws, body }),
  })
  const save = () => download(`runs-${experiment}.csv`, tableCsv(rows, state.columns, chosen.size > 0 ? [...order].filter((row) => chosen.has(rows.ids[row] ?? "")) : groups.length > 0 ? rowsInGroups(groups) : order), "text/csv")
  const refused = isKind(table.error, "invalid")

  return (
    <div className="relative flex h-full min-h-0 flex-col">
      <TableBar
        ws={ws} experiment={experiment} state={state} set={set} onReset={() => setSearch({ cols: undefined, layout: undefined })} filter={filter} onFilter={(q) => setSearch({ q: q || undefined }, { push: true })}
        error={table.error} filterBox={filterRef} keys={keys.data} options={options} shown={table.whole ? rows.count : rows.total} total={rows.total} busy={table.isFetching} deleted={deleted}
        onDeleted={(next) => { setPicked(NOTHING); setSearch({ shown: next ? "deleted" : undefined }) }} onExport={save} views={<ViewsMenu ws={ws} experiment={experiment} search={search} set={(change) => setSearch(change, { push: true })} />}
      />
      {table.error && !refused && !table.data ? <Trouble text={errorText(table.error)} actions={<Button onClick={table.again}>Try again</Button>} /> : !table.data && !refused ? <SkeletonRows rows={16} /> : (
        <TableView
          label="Runs" columns={columns} entries={lines} top={top} rowHeight={state.roomy ? 36 : 28}
          idOf={(row) => rows.ids[row] ?? ""} nameOf={(entry) => (entry >= 0 ? rows.name(entry) : nameOfGroup(groups[-1 - entry]))}
          rowsOf={(group) => groups[group]?.rows ?? new Uint32Array()} openGroup={(group) => open.has(groups[group]?.key ?? "")}
          onToggleGroup={(group) => setOpen(flipped(open, groups[group]?.key ?? ""))}
          chosen={chosen} onChosen={setPicked} sort={state.sort} onSort={sortBy} onMove={move} onWidth={setWidth}
          onOpen={(row) => go(paths.run(ws, rows.ids[row] ?? ""))} onKey={key}
          menu={(column) => <HeaderMenu id={column.id} state={state} set={set} />}
          empty={<Nothing filter={filter} deleted={deleted} refused={refused} onClear={() => setSearch({ q: undefined })} />}
        />
      )}
      {chosen.size > 0 ? <BulkBar ws={ws} ids={ids} deleted={deleted} onCompare={compare} onClear={() => setPicked(NOTHING)} onChanged={table.again} /> : null}
    </div>
  )
}

function nameOfGroup(group: Group | undefined): string {
  return group ? `group ${group.values.map((value) => value ?? "none").join(", ")}` : "group"
}

function flipped(open: ReadonlySet<string>, key: string): Set<string> {
  const next = new Set(open)
  if (!next.delete(key)) next.add(key)
  return next
}

/** The chosen runs that the rows still have. */
function stillThere(picked: ReadonlySet<string>, rows: RunRows): ReadonlySet<string> {
  if (picked.size === 0) return NOTHING
  const left = [...picked].filter((id) => rows.rowOf(id) >= 0)
  return left.length === picked.size ? picked : new Set(left)
}

function Nothing({ filter, deleted, refused, onClear }: { filter: string; deleted: boolean; refused: boolean; onClear: () => void }) {
  if (refused) return <EmptyState title="The filter is not understood">The box above shows where.</EmptyState>
  if (filter) return <EmptyState title="No run matches the filter" actions={<Button onClick={onClear}>Clear the filter</Button>}>Nothing in this experiment is like that.</EmptyState>
  if (deleted) return <EmptyState title="Nothing is deleted">Deleted runs stay here until they are removed for good, and can be restored.</EmptyState>
  return <EmptyState title="No runs yet" command={"import modelwright as mw\n\nrun = mw.init(config={\"lr\": 0.01})\nrun.log({\"loss\": 0.5})"}>Each run becomes a row, with its params and the numbers of its metrics.</EmptyState>
}
