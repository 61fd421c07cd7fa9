import { ChevronDown, Plus } from "lucide-react"
import { useMemo, useRef } from "react"
import type { ChartHandle } from "~/charts/export"
import { binsOf, Histogram } from "~/charts/Histogram"
import { Parallel } from "~/charts/Parallel"
import type { Brushes, ParallelAxis } from "~/charts/parallelModel"
import { Scatter } from "~/charts/Scatter"
import { Button } from "~/ui/Button"
import { plural } from "~/ui/format"
import { labelOf, metricOf } from "../runs/columns"
import { FieldPicker, type FieldOption } from "../runs/FieldPicker"
import type { RunRows } from "../runs/rows"
import type { Goal } from "../table/goals"
import { axisLabel, axisOf, isLog, pointsOf, valueOf } from "./model"
import { NoChart, Panel } from "./Panel"

/** A metric of a picker is its last value; other columns are themselves. */
const whole = (column: string) => (column.startsWith("metrics.") ? `${column}.last` : column)
const picked = (column: string) => { const metric = metricOf(column); return metric ? `metrics.${metric.key}` : column }

export interface ParallelPanelProps {
  rows: RunRows
  axes: readonly ParallelAxis[]
  target: string
  chosen: readonly string[]
  options: readonly FieldOption[]
  brushes: Brushes
  usual: boolean
  onBrush: (brushes: Brushes) => void
  /** Null for the usual ones. */
  onAxes: (axes: string[] | null) => void
  /** Told the axes that are upside down, and the brushes, which turn with theirs. */
  onFlip: (flipped: string[], brushes: Brushes) => void
  onPick: (id: string) => void
}

export function ParallelPanel({ rows, axes, target, chosen, options, brushes, usual, onBrush, onAxes, onFlip, onPick }: ParallelPanelProps) {
  const chart = useRef<ChartHandle>(null)
  const name = useMemo(() => (id: string) => rows.name(rows.rowOf(id)), [rows])
  const toggle = (column: string) => onAxes(chosen.includes(whole(column)) ? chosen.filter((each) => each !== whole(column)) : [...chosen, whole(column)])
  return (
    <Panel
      className="h-full"
      title="Parallel coordinates"
      note="drag along an axis to brush it, double-click it to clear; click a heading to flip its axis"
      actions={
        <>
          {usual ? null : <Button small kind="quiet" onClick={() => onAxes(null)}>Most important</Button>}
          <FieldPicker many label="Axes" options={options} chosen={chosen.map(picked)} onPick={toggle} trigger={<Button small icon={<Plus size={12} />}>Axes <span className="text-text-3">{axes.length}</span></Button>} />
        </>
      }
      chart={axes.length < 2 ? null : chart}
    >
      {axes.length < 2 ? null : (
        <Parallel
          ref={chart} title="Parallel coordinates" ids={rows.ids} axes={axes} colorBy={target} name={name} brushes={brushes} onPick={onPick}
          onBrush={(_, next) => onBrush(next)}
          onAxes={(next) => {
            const order = next.map((axis) => axis.key).filter((key) => key !== target)
            if (order.join("\n") !== chosen.filter((key) => key !== target).join("\n")) onAxes(order)
            const turned = next.filter((axis) => Boolean(axis.flip) !== Boolean(axes.find(({ key }) => key === axis.key)?.flip)).map((axis) => axis.key)
            if (turned.length > 0) onFlip(next.filter((axis) => axis.flip).map((axis) => axis.key), turnedBrushes(brushes, turned))
          }}
        />
      )}
      {axes.length < 2 ? <NoChart>Choose at least one param as an axis; the metric that matters is the last one. Runs get params from <code>mw.init(config=…)</code>.</NoChart> : null}
    </Panel>
  )
}

/** A brush stays on the runs that it holds when its axis turns. */
function turnedBrushes(brushes: Brushes, turned: readonly string[]): Brushes {
  return Object.fromEntries(Object.entries(brushes).map(([key, [low, high]]) => [key, turned.includes(key) ? [1 - high, 1 - low] as const : [low, high] as const]))
}

export interface ScatterPanelProps {
  rows: RunRows
  x: string
  target: string
  colour: string | null
  goal: Goal | null
  kept: ReadonlySet<string> | null
  options: readonly FieldOption[]
  onX: (column: string) => void
  onColour: (column: string) => void
  onPick: (id: string) => void
  onLasso: (ids: string[]) => void
}

export function ScatterPanel({ rows, x, target, colour, goal, kept, options, onX, onColour, onPick, onLasso }: ScatterPanelProps) {
  const made = useMemo(() => {
    const across = axisOf(rows, x)
    const up = axisOf(rows, target)
    return { points: pointsOf(rows, across, up, colour ? axisOf(rows, colour) : null, kept), logX: across.log === true, logY: isLog(up.values) }
  }, [rows, x, target, colour, kept])
  const chart = useRef<ChartHandle>(null)
  const name = useMemo(() => (id: string) => rows.name(rows.rowOf(id)), [rows])
  const axes = options.filter(({ column }) => !/^(tags\.|state$|kind$|user$|group$|parent_id$)/.test(column))
  return (
    <Panel
      title={`${labelOf(target)} over`}
      note={
        <span className="flex items-center gap-1">
          <FieldPicker label="Scatter x axis" options={axes} chosen={[picked(x)]} onPick={(column) => onX(whole(column))} trigger={<Button small className="max-w-44"><span className="truncate">{axisLabel(x)}</span><ChevronDown size={12} className="text-text-3" /></Button>} />
          <FieldPicker label="Colour by" options={axes} none="Colour by run" chosen={colour ? [picked(colour)] : []} onPick={(column) => onColour(column === "" ? "" : whole(column))} trigger={<Button small kind="quiet" className="max-w-44"><span className="truncate">{colour ? `colour ${labelOf(colour)}` : "colour"}</span></Button>} />
        </span>
      }
      chart={made.points.length === 0 ? null : chart}
    >
      {made.points.length === 0 ? null : (
        <Scatter
          ref={chart} title={`${labelOf(target)} over ${axisLabel(x)}`} points={made.points} xLabel={axisLabel(x)} yLabel={labelOf(target)} logX={made.logX} logY={made.logY} name={name} onPick={onPick} onLasso={onLasso}
          {...(colour ? { colorLabel: labelOf(colour) } : {})} {...(goal ? { runningBest: goal } : {})}
        />
      )}
      {made.points.length === 0 && rows.count > 0 ? <NoChart>{`No run has numbers for both ${axisLabel(x)} and ${labelOf(target)}. Choose another x axis.`}</NoChart> : null}
    </Panel>
  )
}

export interface HistogramPanelProps {
  rows: RunRows
  target: string
  kept: ReadonlySet<string> | null
  onRange: (ids: string[]) => void
}

export function HistogramPanel({ rows, target, kept, onRange }: HistogramPanelProps) {
  const chart = useRef<ChartHandle>(null)
  const made = useMemo(() => {
    const all: number[] = []
    const some: number[] = []
    let odd = 0
    rows.ids.forEach((id, row) => {
      const value = valueOf(rows, target, row)
      if (typeof value !== "number") return
      if (!Number.isFinite(value)) { odd++; return }
      all.push(value)
      if (kept?.has(id)) some.push(value)
    })
    const whole = binsOf(all)
    // The chosen ones on the same edges, so that they are a part of the bars behind.
    const part = { edges: whole.edges, counts: new Array<number>(whole.counts.length).fill(0) }
    const [first = 0, second = 1] = whole.edges
    for (const value of some) part.counts[Math.min(part.counts.length - 1, Math.max(0, Math.floor((value - first) / (second - first) + 1e-9)))]!++
    return { whole, part, count: all.length, odd }
  }, [rows, target, kept])
  const pick = useMemo(() => (from: number, to: number) => onRange(rows.ids.filter((_, row) => { const value = valueOf(rows, target, row); return typeof value === "number" && value >= from && value < to })), [rows, target, onRange])
  const label = labelOf(target)
  return (
    <Panel
      title={`How ${label} is spread`}
      note={`${plural(made.count, "run")}${made.odd > 0 ? ` · ${made.odd} are NaN or infinite` : ""}${kept ? " · what is brushed before all" : " · click a bar to see its runs"}`}
      chart={made.count === 0 ? null : chart}
    >
      {made.count === 0 ? null : <Histogram ref={chart} title={`Histogram of ${label}`} bins={kept ? made.part : made.whole} {...(kept ? { behind: made.whole } : {})} xLabel={label} yLabel="runs" onPick={pick} />}
      {made.count === 0 && rows.count > 0 ? <NoChart>{`No run has a finite value of ${label}.`}</NoChart> : null}
    </Panel>
  )
}
