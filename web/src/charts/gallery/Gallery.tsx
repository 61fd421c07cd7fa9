import { useCallback, useMemo, useState } from "react"
import { made, runIds } from "~/charts/gallery/data"
import { Panel } from "~/charts/gallery/Panel"
import { Small } from "~/charts/gallery/Small"
import type { SeriesFrame } from "~/charts/grid"
import { Line, type LineProps } from "~/charts/Line"
import { assign, styleOf, type LineStyle } from "~/charts/palette"
import { ink } from "~/charts/theme"

const DAY = Date.UTC(2026, 2, 1, 9, 12)

export function Gallery() {
  const ids = useMemo(() => runIds(100), [])
  const few = ids.slice(0, 6)
  const looks = useMemo(() => assign(ids), [ids])
  const groups = useMemo(() => assign(["group:adam", "group:sgd", "group:lion"]), [])
  const [theme, setTheme] = useState(ink().theme)
  const style = useCallback((key: string): LineStyle => styleOf((looks.get(key) ?? groups.get(key))!, theme), [looks, groups, theme])
  const name = useCallback((key: string) => (key.startsWith("group:") ? key.slice(6) : `wise-heron-${ids.indexOf(key)}`), [ids])
  const turn = () => {
    const next = theme === "dark" ? "light" : "dark"
    document.documentElement.dataset["theme"] = next
    setTheme(next)
  }
  const frames = useMemo(() => ({
    exact: made(few, { metric: "train/loss", buckets: 400 }),
    bucketed: made(few, { metric: "train/loss", width: 512 }),
    many: made(ids, { metric: "eval/accuracy", kind: "accuracy" }),
    groups: made(["adam", "sgd", "lion"], { metric: "eval/loss", groups: true, width: 16 }),
    odd: made(few, { metric: "odd", kind: "odd" }),
    spiky: made(few, { metric: "grad_norm", kind: "spiky", width: 64 }),
    time: made(few, { metric: "gpu/util", kind: "noise", x: "time", start: DAY, width: 65_536 }),
    relative: made(few, { metric: "gpu/util", kind: "noise", x: "relative", width: 16_384 }),
    sparse: made(few, { metric: "eval/f1", kind: "sparse", exact: true }),
    single: made(few, { metric: "test/score", kind: "single" }),
    nan: made(few.slice(0, 2), { metric: "diverged", kind: "nan" }),
    far: made(few, { metric: "huge", start: 1e15, width: 1, buckets: 300 }),
    none: made([], { metric: "nothing" }),
  }), [ids])
  return (
    <main style={{ padding: 16 }}>
      <button type="button" onClick={turn} className="mb-3">Theme: {theme}</button>
      <div style={{ display: "grid", gridTemplateColumns: "repeat(3, minmax(0, 1fr))", gap: 12 }}>
        <One title="train/loss" grid={frames.exact} {...{ style, name }} smooth={{ kind: "ema", weight: 0.7 }} baseline={few[1]} />
        <One title="train/loss (buckets, band)" grid={frames.bucketed} {...{ style, name }} band unit="nats" />
        <One title="eval/accuracy, 100 runs" grid={frames.many} {...{ style, name }} />
        <One title="eval/loss by optimizer" grid={frames.groups} {...{ style, name }} band />
        <One title="loss with NaN and Inf" grid={frames.odd} {...{ style, name }} />
        <One title="grad_norm, log y" grid={frames.spiky} {...{ style, name }} logY />
        <One title="grad_norm, outliers cut" grid={frames.spiky} {...{ style, name }} clipOutliers />
        <One title="gpu/util over time" grid={frames.time} {...{ style, name }} unit="%" zone="UTC" />
        <One title="gpu/util, relative time" grid={frames.relative} {...{ style, name }} unit="%" />
        <One title="train/loss, log x" grid={frames.exact} {...{ style, name }} logX logY />
        <One title="eval/f1, sparse" grid={frames.sparse} {...{ style, name }} />
        <One title="test/score, one point each" grid={frames.single} {...{ style, name }} />
        <One title="diverged from the start" grid={frames.nan} {...{ style, name }} />
        <One title="steps of 10^15" grid={frames.far} {...{ style, name }} />
        <One title="no points" grid={frames.none} {...{ style, name }} />
        <Small ids={ids} name={name} />
      </div>
    </main>
  )
}

function One({ title, grid, ...rest }: { grid: SeriesFrame } & LineProps) {
  const [zoom, setZoom] = useState<[number, number] | null>(null)
  return (
    <Panel title={title}>
      {(ref) => <Line {...rest} ref={ref} title={title} grid={grid} range={zoom} onZoom={setZoom} />}
    </Panel>
  )
}
