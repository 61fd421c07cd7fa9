import { useParams, useSearch } from "@tanstack/react-router"
import { useMemo, useState } from "react"
import { errorText } from "~/api/errors"
import type { Run } from "~/api/types_gen"
import { curl, pyClient, pyText, useCopyAs } from "~/copyable"
import { useSetSearch } from "~/link"
import { moved } from "~/table/columns"
import { TableView } from "~/table/TableView"
import { Trouble } from "~/ui/EmptyState"
import { useKeys } from "~/ui/keys"
import { plural } from "~/ui/format"
import { SkeletonRows } from "~/ui/Skeleton"
import { shortId } from "../runs/ids"
import type { TrackingSearch } from "../search"
import { listIn, listOut, repack, unpack } from "../table/packed"
import { CompareBar } from "./CompareBar"
import { compareColumns } from "./compare_columns"
import { compareRows, gathered, SECTIONS, setups, shownRows, STATS, type Stat } from "./diff"
import { NothingChosen, NothingDiffers } from "./Nothing"
import { idsOf, MOST, useCompared } from "./use_runs"

/** Runs side by side: what differs between them, what is best, which are alike. */
export function ComparePage() {
  const { ws, id: experiment } = useParams({ from: "/w/$ws/experiments/$id/compare" })
  const search = useSearch({ strict: false }) as TrackingSearch
  const setSearch = useSetSearch<TrackingSearch>()
  const ids = useMemo(() => idsOf(search.runs), [search.runs])
  const { runs, missing, loading, error } = useCompared(ws, experiment, ids)
  const view = unpack(search.view)
  const all = view["c.all"] === "1"
  const words = view["c.find"] ?? ""
  const stat: Stat = STATS.find((each) => each === view["c.stat"]) ?? "last"
  const setView = (change: Record<string, string>) => setSearch({ view: repack(search.view, change) })
  const setRuns = (next: readonly string[]) => setSearch({ runs: next.length > 0 ? [...next] : undefined })
  const toggle = (id: string) => {
    const had = ids.filter((each) => id.endsWith(each))
    setRuns(had.length > 0 ? ids.filter((each) => !had.includes(each)) : [...ids, id])
  }
  const shut = useMemo<ReadonlySet<string>>(() => new Set(listIn(unpack(search.view), "c.shut")), [search.view])
  useKeys([{ keys: "d", label: "Differences only, or all keys", group: "Compare", run: () => setView({ "c.all": all ? "" : "1" }) }])
  useCopyAs({
    sdk: `${pyClient(ws)}\nruns = [client.runs.get(id) for id in [${runs.map((run) => pyText(run.id)).join(", ")}]]`,
    curl: runs.map((run) => curl(`/api/v1/runs/${run.id}`, { ws })).join("\n"),
  })

  const made = useMemo(() => {
    const given = compareRows(runs, stat)
    const letters = setups(given, runs.length)
    const base = runs.findIndex((run) => search.baseline !== undefined && run.id.endsWith(search.baseline))
    const order = gathered(letters, base)
    const ordered: Run[] = order.flatMap((at) => { const run = runs[at]; return run ? [run] : [] })
    // Rows again, for the columns as they stand.
    const rows = compareRows(ordered, stat)
    return { rows, runs: ordered, letters: order.map((at) => letters[at] ?? ""), baseline: base < 0 ? -1 : order.indexOf(base) }
  }, [runs, stat, search.baseline])
  const differences = !all && made.runs.length > 1
  const shown = useMemo(() => shownRows(made.rows, differences, words), [made.rows, differences, words])
  const sections = useMemo(() => SECTIONS.flatMap((name) => {
    const rows = shown.flatMap((row, at) => (row.section === name ? [at] : []))
    const total = made.rows.filter((row) => row.section === name).length
    return rows.length > 0 ? [{ name, rows, total }] : []
  }), [shown, made.rows])
  const entries = useMemo(() => Int32Array.from(sections.flatMap(({ name, rows }, at) => [-1 - at, ...(shut.has(name) ? [] : rows)])), [sections, shut])
  const columns = compareColumns({
    ws, shown, sections, runs: made.runs, letters: made.letters, baseline: made.baseline, differences,
    onBaseline: (run) => setSearch({ baseline: search.baseline !== undefined && run.id.endsWith(search.baseline) ? undefined : shortId(run.id) }),
    onRemove: (run) => toggle(run.id),
    onOnly: (run, letter) => setRuns(made.runs.filter((each, at) => each === run || made.letters[at] !== letter).map((each) => each.id)),
  })
  const tall = made.baseline >= 0 || new Set(made.letters).size < made.letters.length || made.runs.some((run) => run.origin?.git?.dirty === true)
  // While a width is drawn it is here alone; the address has it when the pointer is let go.
  const [drawn, setDrawn] = useState<Record<string, number>>({})
  const widths = useMemo(() => new Map(listIn(unpack(search.view), "c.w").map((each) => { const [id = "", width] = each.split(" "); return [id, Number(width)] as const })), [search.view])
  const sized = columns.map((column) => ({ ...column, width: drawn[column.id] ?? (widths.get(shortId(column.id)) || column.width) }))
  const resize = (id: string, width: number, done: boolean) => {
    setDrawn((old) => Object.fromEntries([...Object.entries(old).filter(([each]) => each !== id), ...(done ? [] : [[id, width] as const])]))
    const others = [...widths].filter(([each]) => each !== shortId(id))
    if (done) setView({ "c.w": listOut([...others, ...(width > 0 ? [[shortId(id), width] as const] : [])].map(([each, wide]) => `${each} ${wide}`)) })
  }

  if (ids.length === 0) return <NothingChosen ws={ws} experiment={experiment} onToggle={toggle} onChoose={setRuns} filter={search.q ?? ""} sort={search.sort} />
  if (error && runs.length === 0) return <Trouble text={errorText(error)} />
  return (
    <div className="flex h-full min-h-0 flex-col">
      <CompareBar
        ws={ws} experiment={experiment} ids={ids} onToggle={toggle} all={all} onAll={(next) => setView({ "c.all": next ? "1" : "" })} words={words} onWords={(next) => setView({ "c.find": next })}
        stat={stat} onStat={(next) => setView({ "c.stat": next === "last" ? "" : next })} rows={shown} total={made.rows.length} runs={made.runs} full={ids.length >= MOST}
      />
      {missing.length > 0 ? <p role="status" className="m-0 border-b bg-bg px-3 py-1.5 text-dense text-text-2">{plural(missing.length, "run")} of this link cannot be found any more.</p> : null}
      {loading && runs.length < Math.min(2, ids.length) ? <SkeletonRows rows={14} /> : (
        <TableView
          label="Comparison" bare columns={sized} entries={entries} rowHeight={28} headHeight={tall ? 52 : 34} idOf={(row) => `${shown[row]?.section}.${shown[row]?.key}`}
          nameOf={(entry) => (entry >= 0 ? (shown[entry]?.key ?? "") : (sections[-1 - entry]?.name ?? ""))} rowsOf={() => new Uint32Array()}
          openGroup={(group) => !shut.has(sections[group]?.name ?? "")} sort={[]} onSort={() => {}} onOpen={() => {}}
          onToggleGroup={(group) => { const name = sections[group]?.name ?? ""; const next = new Set(shut); if (!next.delete(name)) next.add(name); setView({ "c.shut": listOut(next) }) }}
          onMove={(id, target, behind) => { if (target !== "key") setRuns(moved(made.runs.map((run) => run.id), id, target, behind)) }}
          onWidth={resize}
          empty={<NothingDiffers one={made.runs.length < 2} words={words} onAll={() => setView({ "c.all": "1", "c.find": "" })} />}
        />
      )}
    </div>
  )
}
