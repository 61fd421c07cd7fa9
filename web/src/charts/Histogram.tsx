import { type Ref, useMemo } from "react"
import { boxOf, drawAxes, onScreen } from "~/charts/axes"
import { type ChartHandle, csvOf } from "~/charts/export"
import { number } from "~/charts/format"
import type { Hit, PlotSpec } from "~/charts/plot"
import { PlotView } from "~/charts/PlotView"
import { makeScale, niceStep } from "~/charts/scale"
import type { Surface } from "~/charts/surface"
import { type Ink, ink } from "~/charts/theme"

/** `edges` has one number more than `counts`. */
export interface Bins {
  edges: readonly number[]
  counts: readonly number[]
}

export interface HistogramProps {
  ref?: Ref<ChartHandle>
  title: string
  bins: Bins
  xLabel?: string
  yLabel?: string
  logY?: boolean
  color?: string
  /** A second one behind, e.g. a reference, on its own edges. */
  behind?: Bins
  /** Told the range of a bar that was clicked. */
  onPick?: (from: number, to: number) => void
}

/** Bins of numbers, at round edges, for those who have plain values. NaN and ±Inf are left out. */
export function binsOf(values: ArrayLike<number>, most = 40): Bins {
  let low = Infinity
  let high = -Infinity
  for (let at = 0; at < values.length; at++) {
    const value = values[at]!
    if (!Number.isFinite(value)) continue
    if (value < low) low = value
    if (value > high) high = value
  }
  if (!(low <= high)) return { edges: [0, 1], counts: [0] }
  const step = high > low ? niceStep(high - low, most) : Math.abs(low) || 1
  const first = Math.floor(low / step)
  const counts = new Array<number>(Math.max(1, Math.floor(high / step) - first + 1)).fill(0)
  for (let at = 0; at < values.length; at++) {
    const value = values[at]!
    if (Number.isFinite(value)) counts[Math.min(counts.length - 1, Math.max(0, Math.floor(value / step) - first))]!++
  }
  return { edges: Array.from({ length: counts.length + 1 }, (_, at) => (first + at) * step), counts }
}

export function Histogram({ ref, ...props }: HistogramProps) {
  const { title, bins, xLabel, yLabel, logY, color, behind, onPick } = props
  const spec = useMemo(() => histogram({ title, bins, xLabel, yLabel, logY, color, behind, onPick }), [title, bins, xLabel, yLabel, logY, color, behind, onPick])
  return <PlotView ref={ref} spec={spec} />
}

function histogram(props: Omit<HistogramProps, "ref">): PlotSpec {
  const { title, bins, behind, logY = false, xLabel } = props
  const yLabel = props.yLabel ?? "count"
  const all = behind ? [bins, behind] : [bins]
  const most = Math.max(1, ...all.flatMap((each) => each.counts))
  const low = Math.min(...all.map((each) => each.edges[0] ?? 0))
  const high = Math.max(...all.map((each) => each.edges[each.edges.length - 1] ?? 1))
  const total = bins.counts.reduce((a, b) => a + b, 0)
  const layout = (surface: { measure: Surface["measure"] }, width: number, height: number) => {
    const [from, to] = logY ? [0.7, most * 1.3] : [0, most * 1.05]
    const labels = xLabel ? { xLabel, yLabel } : { yLabel }
    const box = boxOf(surface, width, height, makeScale(from, to, 1, 0, { log: logY }), labels)
    return {
      box, labels,
      x: makeScale(low, high, box.left, box.left + box.width),
      y: makeScale(from, to, box.top + box.height, box.top, { log: logY }),
    }
  }
  const hitOf = (at: number): Hit => ({
    key: null,
    at,
    tip: {
      title: `${number(bins.edges[at]!)} to ${number(bins.edges[at + 1]!)}`,
      rows: [{ color: props.color ?? ink().accent, name: yLabel, value: number(bins.counts[at]!), extra: total ? `${((100 * bins.counts[at]!) / total).toFixed(1)} %` : "" }],
    },
  })
  const bars = (surface: Surface, colors: Ink, width: number, height: number, each: Bins, fill: string, alpha: number) => {
    const { box, x, y } = layout(surface, width, height)
    each.counts.forEach((count, at) => {
      if (count <= 0) return
      const left = x.map(each.edges[at]!)
      const wide = x.map(each.edges[at + 1]!) - left
      const top = y.map(count)
      surface.rect(left + (wide > 4 ? 0.5 : 0), top, Math.max(1, wide - (wide > 4 ? 1 : 0)), box.top + box.height - top, { fill, alpha })
    })
    void colors
  }
  return {
    title,
    summary: () => `${title}: a histogram of ${number(total)} values from ${number(low)} to ${number(high)}, ${bins.counts.length} bins.`,
    csv: () => csvOf(["from", "to", yLabel], bins.counts.map((count, at) => [bins.edges[at]!, bins.edges[at + 1]!, count])),
    draw(surface, colors, width, height) {
      const { box, labels, x, y } = layout(surface, width, height)
      drawAxes(surface, colors, box, x, y, labels)
      if (behind) bars(surface, colors, width, height, behind, colors.text3, 0.35)
      bars(surface, colors, width, height, bins, props.color ?? colors.accent, behind ? 0.6 : 0.85)
    },
    hit(px, py, width, height) {
      const { box, x } = layout(onScreen, width, height)
      if (py < box.top || py > box.top + box.height) return null
      const value = x.invert(px)
      const at = bins.edges.findIndex((edge, place) => value >= edge && value < (bins.edges[place + 1] ?? -Infinity))
      return at < 0 ? null : hitOf(at)
    },
    marks(width, height) {
      const { x, y } = layout(onScreen, width, height)
      return bins.counts.map((count, at) => ({ x: x.map((bins.edges[at]! + bins.edges[at + 1]!) / 2), y: y.map(Math.max(count, 0.7)), hit: hitOf(at) }))
    },
    ...(props.onPick ? { onPick: (hit) => props.onPick?.(bins.edges[hit.at]!, bins.edges[hit.at + 1]!) } : {}),
  }
}
