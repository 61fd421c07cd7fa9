import { useCallback, useMemo, useState } from "react"
import { Bars, barsHeight } from "~/charts/Bars"
import { random, runIds } from "~/charts/gallery/data"
import { Panel } from "~/charts/gallery/Panel"
import { Heatmap } from "~/charts/Heatmap"
import { binsOf, Histogram } from "~/charts/Histogram"
import { Importance } from "~/charts/Importance"
import { Parallel } from "~/charts/Parallel"
import type { ParallelAxis } from "~/charts/parallelModel"
import { Scatter } from "~/charts/Scatter"
import { Sparkline } from "~/charts/Sparkline"

const LINES = Number(new URLSearchParams(location.search).get("parallel") ?? 400)

export function Small({ ids, name }: { ids: readonly string[]; name: (id: string) => string }) {
  const next = useMemo(() => random(3), [])
  const points = useMemo(() => ids.map((id, at) => ({ id, x: 10 ** (-5 + next() * 4), y: 0.4 + next() ** 2 * 0.6, size: 1 + at % 9 })), [ids, next])
  const coloured = useMemo(() => ids.map((id) => ({ id, x: next() * 100, y: next() * 5, color: next() })), [ids, next])
  const many = useMemo(() => runIds(LINES), [])
  const axes = useMemo((): ParallelAxis[] => {
    const rate = many.map(() => 10 ** (-5 + next() * 4))
    const layers = many.map(() => 2 + Math.floor(next() * 6))
    return [
      { key: "lr", label: "lr", values: rate, log: true },
      { key: "layers", label: "model.layers", values: layers },
      { key: "optimizer", label: "optimizer", values: many.map(() => ["adam", "sgd", "lion"][Math.floor(next() * 3)]!) },
      { key: "dropout", label: "dropout", values: many.map(() => (next() < 0.1 ? null : next() * 0.5)) },
      { key: "accuracy", label: "eval/accuracy", values: many.map((_, at) => 0.6 + 0.05 * layers[at]! - Math.abs(Math.log10(rate[at]!) + 3) * 0.1 + next() * 0.1) },
    ]
  }, [many, next])
  const [kept, setKept] = useState<number | null>(null)
  const brush = useCallback((found: string[] | null) => setKept(found?.length ?? null), [])
  const bins = useMemo(() => binsOf(Array.from({ length: 5000 }, () => (next() + next() + next() + next() - 2) * 3)), [next])
  const behind = useMemo(() => binsOf(Array.from({ length: 5000 }, () => (next() + next() + next() - 1.1) * 3)), [next])
  const bars = useMemo(() => ids.slice(0, 8).map((id, at) => ({ id, label: name(id), value: 0.9 - at * 0.05 })), [ids, name])
  const rows = useMemo(() => ["lr", "model.layers", "dropout", "batch_size", "optimizer", "seed"].map((key, at) => ({
    key, importance: 0.5 / (at + 1), low: 0.4 / (at + 1), high: 0.62 / (at + 1), correlation: at % 2 ? 0.3 : -0.6,
  })), [])
  const classes = ["cat", "dog", "bird", "horse", "ship", "truck"]
  const confusion = useMemo(() => classes.flatMap((_, row) => classes.map((__, column) => (row === column ? 80 + Math.floor(next() * 20) : Math.floor(next() * 18)))), [next])
  const correlation = useMemo(() => rows.flatMap((_, row) => rows.map((__, column) => (row === column ? 1 : Math.sin(row * 7 + column * 7)))), [rows])
  return (
    <>
      <Panel title="Scatter: accuracy over lr">
        {(ref) => <Scatter ref={ref} title="accuracy over lr" points={points} xLabel="lr" yLabel="eval/accuracy" logX runningBest="max" name={name} onPick={console.log} onLasso={console.log} />}
      </Panel>
      <Panel title="Scatter with a colour scale">
        {(ref) => <Scatter ref={ref} title="scatter" points={coloured} xLabel="hours" yLabel="loss" colorLabel="dropout" name={name} />}
      </Panel>
      <Panel title="Histogram with reference">
        {(ref) => <Histogram ref={ref} title="weights" bins={bins} behind={behind} xLabel="layer1.weight" />}
      </Panel>
      <div style={{ gridColumn: "span 3" }}>
        <Panel title={`Parallel coordinates${kept === null ? "" : `: ${kept} runs pass`}`} height={300}>
          {(ref) => <Parallel ref={ref} title="parallel" ids={many} axes={axes} onBrush={brush} name={name} />}
        </Panel>
      </div>
      <Panel title="Importance" height={barsHeight(rows.length)}>
        {(ref) => <Importance ref={ref} title="importance for eval/accuracy" rows={rows} runs={120} />}
      </Panel>
      <Panel title="Bars" height={barsHeight(bars.length)}>
        {(ref) => <Bars ref={ref} title="eval/accuracy" bars={bars} baseline={ids[1]!} valueLabel="eval/accuracy" />}
      </Panel>
      <Panel title="Confusion" height={240}>
        {(ref) => <Heatmap ref={ref} title="confusion" rows={classes} columns={classes} values={confusion} rowLabel="truth" columnLabel="prediction" />}
      </Panel>
      <Panel title="Correlation" height={240}>
        {(ref) => <Heatmap ref={ref} title="correlation" rows={rows.map((row) => row.key)} columns={rows.map((row) => row.key)} values={correlation} around />}
      </Panel>
      <section className="rounded-panel border border-border bg-surface p-3">
        {ids.slice(0, 5).map((id, at) => (
          <div key={id} className="flex h-7 items-center gap-3"><span className="w-32 truncate">{name(id)}</span>
            <Sparkline label={name(id)} values={Array.from({ length: 60 }, (_, x) => (at === 2 && x > 20 && x < 30 ? NaN : Math.exp(-x / 15) + Math.sin(x / (at + 1)) * 0.05))} />
          </div>
        ))}
      </section>
    </>
  )
}
