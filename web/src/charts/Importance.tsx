import { type Ref, useMemo } from "react"
import { type Bar, barsSpec } from "~/charts/Bars"
import type { ChartHandle } from "~/charts/export"
import { number } from "~/charts/format"
import { PlotView } from "~/charts/PlotView"

export interface ImportanceRow {
  /** The parameter. */
  key: string
  importance: number
  /** Ends of its confidence interval. */
  low?: number
  high?: number
  /** −1 to 1; the tooltip tells it. */
  correlation?: number
}

export interface ImportanceProps {
  ref?: Ref<ChartHandle>
  title: string
  rows: readonly ImportanceRow[]
  /** From how many runs it was computed. */
  runs: number
  onPick?: (key: string) => void
}

/** How much each parameter explains, with whiskers of confidence; height as `barsHeight(rows.length)`. */
export function Importance({ ref, title, rows, runs, onPick }: ImportanceProps) {
  const spec = useMemo(() => {
    const bars = rows.map((row): Bar => ({
      id: row.key,
      label: row.key,
      value: row.importance,
      note: `${row.correlation === undefined ? "" : `correlation ${number(row.correlation, 3)} · `}from ${number(runs)} runs`,
      ...(row.low === undefined ? {} : { low: row.low }),
      ...(row.high === undefined ? {} : { high: row.high }),
    }))
    return barsSpec({ title, bars, valueLabel: "importance", plain: "accent", kind: "bars with confidence intervals", ...(onPick ? { onPick } : {}) })
  }, [title, rows, runs, onPick])
  return <PlotView ref={ref} spec={spec} />
}
