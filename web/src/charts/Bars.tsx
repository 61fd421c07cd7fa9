import { type Ref, useMemo } from "react"
import { LABEL, onScreen } from "~/charts/axes"
import { type ChartHandle, csvOf } from "~/charts/export"
import { delta, number, shorten } from "~/charts/format"
import { color } from "~/charts/palette"
import type { Hit, PlotSpec } from "~/charts/plot"
import { PlotView } from "~/charts/PlotView"
import { makeScale } from "~/charts/scale"
import type { Surface } from "~/charts/surface"
import { ink, type Ink } from "~/charts/theme"

export interface Bar {
  /** The run (or any name): what is hovered and picked. */
  id: string
  label: string
  value: number
  /** A CSS colour; none for the run's own. */
  color?: string
  /** Ends of a confidence interval. */
  low?: number
  high?: number
  /** More for the tooltip. */
  note?: string
}

export interface BarsProps {
  ref?: Ref<ChartHandle>
  title: string
  bars: readonly Bar[]
  valueLabel?: string
  /** Whose value the tooltip's deltas refer to. */
  baseline?: string | null
  log?: boolean
  onPick?: (id: string) => void
}

const ROW = 24

/** Horizontal bars, one a row of 24 px: give the parent `barsHeight(count)` to see all; else "and n more" is told. */
export function Bars({ ref, ...props }: BarsProps) {
  const { title, bars, valueLabel, baseline, log, onPick } = props
  const spec = useMemo(() => barsSpec({ title, bars, valueLabel, baseline, log, onPick }), [title, bars, valueLabel, baseline, log, onPick])
  return <PlotView ref={ref} spec={spec} />
}

export function barsHeight(count: number): number {
  return Math.max(1, count) * ROW + 40
}

export function barsSpec(props: Omit<BarsProps, "ref"> & { plain?: string; kind?: string }): PlotSpec {
  const { title, bars, log = false } = props
  const valueLabel = props.valueLabel ?? "value"
  const finite = bars.flatMap((bar) => [bar.value, bar.low ?? bar.value, bar.high ?? bar.value]).filter((value) => Number.isFinite(value) && (!log || value > 0))
  const least = finite.reduce((a, b) => Math.min(a, b), log ? Infinity : 0)
  const most = finite.reduce((a, b) => Math.max(a, b), log ? 0 : 0)
  const base = bars.find((bar) => bar.id === props.baseline)
  const whiskers = bars.some((bar) => bar.low !== undefined)
  const paint = (bar: Bar, colors: Ink) => bar.color ?? (props.plain ? colors.accent : color(bar.id, colors.theme))
  const layout = (surface: { measure: Surface["measure"] }, width: number, height: number) => {
    const rows = Math.max(1, Math.min(bars.length, Math.floor((height - 34) / ROW)))
    const left = Math.min(width * 0.4, Math.max(0, ...bars.slice(0, rows).map((bar) => surface.measure(shorten(bar.label), 12))) + 18)
    const scale = makeScale(log ? least / 1.5 : least, most > least ? most : least + 1, left, width - 64, { log })
    return { rows, left, scale, zero: log ? left : scale.map(0) }
  }
  const hitOf = (bar: Bar, at: number): Hit => ({
    key: props.plain ? null : bar.id,
    at,
    tip: {
      title: bar.label,
      rows: [
        { color: paint(bar, ink()), name: valueLabel, value: number(bar.value), strong: true, extra: base && base !== bar ? delta(bar.value - base.value) : "" },
        ...(bar.low !== undefined && bar.high !== undefined ? [{ color: "transparent", name: "interval", value: `${number(bar.low)} to ${number(bar.high)}` }] : []),
      ],
      ...(bar.note ? { note: bar.note } : {}),
    },
  })
  const draw = (surface: Surface, colors: Ink, width: number, height: number, only: string | null) => {
    const { rows, left, scale, zero } = layout(surface, width, height)
    const bottom = 6 + rows * ROW
    if (only === null) {
      const ticks = scale.ticks(Math.max(2, Math.floor((width - left) / 90)))
      scale.labels(ticks).forEach((label, at) => {
        const x = Math.round(scale.map(ticks[at]!)) + 0.5
        surface.line(x, 6, x, bottom, { stroke: colors.border, width: 1, alpha: 0.6 })
        surface.text(label, x, bottom + 12, { fill: colors.text3, size: LABEL, align: "center" })
      })
    }
    bars.slice(0, rows).forEach((bar, at) => {
      if (only !== null && bar.id !== only) return
      const middle = 6 + at * ROW + ROW / 2
      surface.text(fit(surface, bar.label, left - 14), left - 8, middle, { fill: only === null ? colors.text2 : colors.text, size: 12, align: "right" })
      if (!Number.isFinite(bar.value)) {
        surface.text(number(bar.value), zero + 6, middle, { fill: colors.bad, size: LABEL })
        return
      }
      const end = scale.map(bar.value)
      surface.rect(Math.min(zero, end), middle - 7, Math.max(1, Math.abs(end - zero)), 14, { fill: paint(bar, colors), alpha: whiskers ? 0.55 : 0.9 }, 2)
      let edge = Math.max(zero, end)
      if (bar.low !== undefined && bar.high !== undefined) {
        const [a, b] = [scale.map(bar.low), scale.map(bar.high)]
        surface.line(a, middle, b, middle, { stroke: colors.text, width: 1.25 })
        surface.line(a, middle - 4, a, middle + 4, { stroke: colors.text, width: 1.25 })
        surface.line(b, middle - 4, b, middle + 4, { stroke: colors.text, width: 1.25 })
        edge = Math.max(edge, b)
      }
      surface.text(number(bar.value), edge + 6, middle, { fill: colors.text2, size: LABEL })
    })
    if (only === null) {
      surface.line(Math.round(zero) + 0.5, 6, Math.round(zero) + 0.5, bottom, { stroke: colors.strong, width: 1 })
      if (rows < bars.length) surface.text(`and ${bars.length - rows} more`, left - 8, bottom + 12, { fill: colors.text3, size: LABEL, align: "right" })
      if (!bars.length) surface.text("Nothing to show", width / 2, height / 2, { fill: colors.text3, size: 12, align: "center" })
    }
  }
  return {
    title,
    summary: () => `${title}: ${props.kind ?? "bars"} of ${valueLabel}, ${bars.length} rows. ${bars.slice(0, 5).map((bar) => `${bar.label} ${number(bar.value)}`).join(", ")}.`,
    csv: () => csvOf(["name", valueLabel, ...(whiskers ? ["low", "high"] : [])], bars.map((bar) => [bar.label, bar.value, ...(whiskers ? [bar.low ?? null, bar.high ?? null] : [])])),
    draw: (surface, colors, width, height) => draw(surface, colors, width, height, null),
    ...(props.plain ? {} : {
      over: (surface: Surface, colors: Ink, width: number, height: number, key: string) => {
        draw(surface, colors, width, height, key)
        return bars.some((bar) => bar.id === key)
      },
    }),
    hit(_, y, width, height) {
      const at = Math.floor((y - 6) / ROW)
      const bar = at >= 0 && at < layout(onScreen, width, height).rows ? bars[at] : undefined
      return bar ? hitOf(bar, at) : null
    },
    marks(width, height) {
      const { rows, left } = layout(onScreen, width, height)
      return bars.slice(0, rows).map((bar, at) => ({ x: left + 40, y: 6 + at * ROW + ROW / 2, hit: hitOf(bar, at) }))
    },
    ...(props.onPick ? { onPick: (hit) => props.onPick?.(bars[hit.at]!.id) } : {}),
  }
}

function fit(surface: Surface, text: string, room: number): string {
  let shown = shorten(text)
  while (shown.length > 4 && surface.measure(shown, 12) > room) shown = shorten(text, shown.length - 1)
  return shown
}
