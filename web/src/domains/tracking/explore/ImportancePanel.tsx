import { useMemo, useRef } from "react"
import { barsHeight } from "~/charts/Bars"
import type { ChartHandle } from "~/charts/export"
import { Importance as Chart } from "~/charts/Importance"
import type { Importance } from "~/api/types_gen"
import { errorText } from "~/api/errors"
import { count, plural } from "~/ui/format"
import { Skeleton } from "~/ui/Skeleton"
import { NoChart, Panel } from "./Panel"

export interface ImportancePanelProps {
  data: Importance | undefined
  error: unknown
  label: string
  onPick: (param: string) => void
}

const MOST = 14

/** What the params do to the metric, with intervals of 95 %; says from how many runs, and when that is too few. */
export function ImportancePanel({ data, error, label, onPick }: ImportancePanelProps) {
  const chart = useRef<ChartHandle>(null)
  const rows = useMemo(() => (data?.params ?? []).flatMap((each) => (each.importance === null ? [] : [{
    key: each.param,
    importance: each.importance,
    ...(each.importance_low === null ? {} : { low: each.importance_low }),
    ...(each.importance_high === null ? {} : { high: each.importance_high }),
    ...(each.correlation === null ? {} : { correlation: each.correlation }),
  }])).slice(0, MOST), [data])
  const explained = data?.explained
  const note = data ? `${plural(data.runs, "run")}${data.runs < data.total ? ` of ${count(data.total)}` : ""}${typeof explained === "number" ? ` · explains ${Math.round(Math.max(0, explained) * 100)} %` : ""}` : ""
  return (
    <Panel title={`What moves ${label}`} note={<span title="Permutation importance in a forest, on ranks, with intervals of 95 %">{note}</span>} chart={rows.length === 0 ? null : chart}>
      {rows.length === 0 ? null : <div className="flex h-full flex-col">
        {data?.note ? <p role="note" className="mx-1.5 mt-0 mb-1 rounded-control bg-bg px-2 py-1 text-dense text-warn">{sentence(data.note)}</p> : null}
        <div className="min-h-0 flex-1 overflow-y-auto"><div style={{ height: barsHeight(rows.length) }}><Chart ref={chart} title={`Importance for ${label}`} rows={rows} runs={data?.runs ?? 0} onPick={onPick} /></div></div>
      </div>}
      {rows.length > 0 ? null : error ? <NoChart>{errorText(error)}</NoChart> : data ? <NoChart>{data.note ? sentence(data.note) : "No param varies between these runs, so none can explain the metric."}</NoChart> : <div role="status" aria-label="Loading" className="flex flex-col gap-2 p-3">{Array.from({ length: 7 }, (_, at) => <Skeleton key={at} className="h-4" />)}</div>}
    </Panel>
  )
}

const sentence = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!]$/.test(text) ? "" : "."}`
