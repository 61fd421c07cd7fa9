import type { ViewColumn } from "~/table/columns"
import type { Group } from "~/table/group"
import { count } from "~/ui/format"
import type { Zone } from "~/ui/format"
import { inFull, labelOf, metricOf, shown } from "../runs/columns"
import type { RunRows } from "../runs/rows"
import { Delta, GroupCell, NameCell, RunningFor, ValueCell } from "./cells"
import { dataOf, fixed, groupStats, numberOf, placesOf } from "./derive"
import { goalByName } from "./goals"

export interface Made {
  ws: string
  rows: RunRows
  columns: readonly string[]
  pinned: number
  groups: readonly Group[]
  by: readonly string[]
  /** The row of the baseline, −1 for none. */
  baseline: number
  widthOf: (id: string) => number
  zone: Zone
}

const FROM = /^(params|tags|summary)\./

/** The columns of the table as the view of tables takes them. */
export function viewColumns(made: Made): ViewColumn[] {
  const { rows, columns, pinned, by, baseline, widthOf } = made
  const deltas = baseline >= 0
  return columns.map((id, at): ViewColumn => {
    const metric = metricOf(id)
    const kind = rows.kind(id) ?? (id.endsWith(".last") ? rows.kind(id.slice(0, -5)) : null)
    const right = id === "duration" || metric !== null || kind === "number"
    const from = FROM.exec(id)?.[1]
    const common = { id, title: labelOf(id), width: widthOf(id) + (deltas && metric ? 56 : 0), pinned: at < pinned, right, sortable: true, ...(from ? { from } : {}) }
    if (id === "name") return { ...common, fixed: true, cell: (row) => <NameCell ws={made.ws} id={rows.ids[row] ?? ""} name={rows.name(row)} mark={row === baseline ? "baseline" : null} />, group: (place) => <GroupName group={made.groups[place]} by={by} zone={made.zone} /> }
    const there = kind !== null
    const decimals = right && id !== "duration" ? placesOf(dataOf(rows, id)) : -1
    const base = deltas && metric ? numberOf(rows, id, baseline) : NaN
    const goal = metric && metric.stat !== "count" && metric.stat !== "step" ? goalByName(metric.key) : null
    return {
      ...common,
      cell: (row) => {
        if (!there) return <span aria-hidden className="h-2 w-10 animate-pulse rounded-control bg-hover" />
        const value = rows.value(id, row) ?? (id.endsWith(".last") ? rows.value(id.slice(0, -5), row) : null)
        if (value === null && id === "duration" && rows.value("state", row) === "running") return <RunningFor from={rows.number("start_ms", row)} />
        const main = <ValueCell id={id} value={value} text={(typeof value === "number" ? fixed(value, decimals) : null) ?? shown(id, value, made.zone)} title={inFull(id, value, made.zone)} />
        return deltas && metric && row !== baseline && typeof value === "number" ? <>{main}<Delta value={value} base={base} goal={goal} decimals={decimals} /></> : main
      },
      group: (place) => {
        const group = made.groups[place]
        if (!group || id === "start_ms" || id === "end_ms") return null
        if (id === "duration") return <GroupDuration stats={groupStats(rows, group, id)} />
        return metric || kind === "number" ? <GroupCell stats={groupStats(rows, group, id)} decimals={decimals} /> : null
      },
    }
  })
}

function GroupDuration({ stats }: { stats: { n: number; mean: number } | null }) {
  return stats && stats.n > 0 ? <span title={`mean of ${stats.n} runs`}>{shown("duration", stats.mean)}</span> : null
}

function GroupName({ group, by, zone }: { group: Group | undefined; by: readonly string[]; zone: Zone }) {
  if (!group) return null
  return (
    <span className="flex min-w-0 flex-1 items-center gap-2">
      <span className="min-w-0 truncate" title={group.values.map((value, at) => `${labelOf(by[at] ?? "")}: ${value ?? "none"}`).join(" · ")}>
        {group.values.map((value, at) => (
          <span key={by[at]}>{at > 0 ? <span className="text-text-3"> · </span> : null}<span className="font-normal text-text-3">{labelOf(by[at] ?? "")} </span>{value === null ? "none" : shown(by[at] ?? "", value, zone)}</span>
        ))}
      </span>
      <span className="ml-auto shrink-0 rounded-control bg-hover px-1.5 text-dense font-normal text-text-2">{count(group.rows.length)}</span>
    </span>
  )
}
