import { ChevronDown, Target } from "lucide-react"
import { Button } from "~/ui/Button"
import { count } from "~/ui/format"
import { Select } from "~/ui/Select"
import { metricOf, labelOf } from "../runs/columns"
import { FieldPicker, type FieldOption } from "../runs/FieldPicker"
import { FilterBox } from "../runs/FilterBox"
import { STATS } from "../compare/diff"
import type { Goal } from "../table/goals"
import { LIMITS, type ExploreState } from "./state"

export interface ExploreBarProps {
  ws: string
  experiment: string
  filter: string
  onFilter: (text: string) => void
  error: unknown
  options: readonly FieldOption[]
  state: ExploreState
  onTarget: (column: string) => void
  onGoal: (goal: Goal) => void
  onLimit: (limit: number) => void
  drawn: number
  total: number
}

/** Which runs, and which of their numbers matters. */
export function ExploreBar(props: ExploreBarProps) {
  const { state, options, drawn, total } = props
  const metric = metricOf(state.target)
  const targets = options.filter(({ column }) => column.startsWith("metrics.") || column.startsWith("summary.") || column === "duration")
  const bigger = LIMITS.find((limit) => limit > state.limit)
  return (
    <div className="flex shrink-0 flex-wrap items-start gap-2 border-b px-3 py-2">
      <FilterBox value={props.filter} onChange={props.onFilter} error={props.error} options={options} ws={props.ws} experiment={props.experiment} className="min-w-60 flex-1" />
      <FieldPicker
        label="Metric that matters" options={targets} chosen={[metric ? `metrics.${metric.key}` : state.target]} onPick={(column) => props.onTarget(column.startsWith("metrics.") ? `${column}.${metric?.stat ?? "last"}` : column)}
        trigger={<Button icon={<Target size={14} />} className="max-w-60"><span className="truncate">{state.target ? (metric ? metric.key : labelOf(state.target)) : "Choose a metric"}</span><ChevronDown size={14} className="text-text-3" /></Button>}
      />
      {metric ? <Select label="Number of the metric" value={metric.stat} onChange={(stat) => props.onTarget(`metrics.${metric.key}.${stat}`)} options={STATS.map((stat) => ({ value: stat, label: stat }))} /> : null}
      <Select label="Which way is better" value={state.goal ?? "none"} onChange={(goal) => { if (goal !== "none") props.onGoal(goal) }} options={[...(state.goal ? [] : [{ value: "none" as const, label: "no goal" }]), { value: "min" as const, label: "less is better" }, { value: "max" as const, label: "more is better" }]} />
      {total === 0 ? null : (
        <span role="status" className="flex items-center gap-1 pt-1.5 text-dense whitespace-nowrap text-text-3">
          {drawn < total ? `${count(drawn)} of ${count(total)} runs drawn` : `${count(total)} runs`}
          {drawn < total && bigger ? <button type="button" className="cursor-default text-accent hover:underline" onClick={() => props.onLimit(bigger)}>draw {total > bigger ? count(bigger) : "all"}</button> : null}
        </span>
      )}
    </div>
  )
}
