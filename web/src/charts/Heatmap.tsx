import { type Ref, useMemo } from "react"
import { fitting, LABEL, onScreen } from "~/charts/axes"
import { type ChartHandle, csvOf } from "~/charts/export"
import { number, shorten } from "~/charts/format"
import { diverging, sequential } from "~/charts/palette"
import type { Hit, PlotSpec } from "~/charts/plot"
import { PlotView } from "~/charts/PlotView"
import type { Surface } from "~/charts/surface"
import { ink } from "~/charts/theme"

export interface HeatmapProps {
  ref?: Ref<ChartHandle>
  title: string
  rows: readonly string[]
  columns: readonly string[]
  /** Row after row; NaN for an empty cell. */
  values: ArrayLike<number>
  rowLabel?: string
  columnLabel?: string
  valueLabel?: string
  /** Around zero, as correlations are; else from the least to the greatest. */
  around?: boolean
  onPick?: (row: number, column: number) => void
}

/** A matrix: confusion, correlation, distributions over steps. Numbers are written where cells have room. */
export function Heatmap({ ref, ...props }: HeatmapProps) {
  const { title, rows, columns, values, rowLabel, columnLabel, valueLabel, around, onPick } = props
  const spec = useMemo(() => heatmap({ title, rows, columns, values, rowLabel, columnLabel, valueLabel, around, onPick }),
    [title, rows, columns, values, rowLabel, columnLabel, valueLabel, around, onPick])
  return <PlotView ref={ref} spec={spec} />
}

function heatmap(props: Omit<HeatmapProps, "ref">): PlotSpec {
  const { title, rows, columns, values, around = false } = props
  let low = Infinity
  let high = -Infinity
  for (let at = 0; at < values.length; at++) {
    const value = values[at]!
    if (!Number.isFinite(value)) continue
    low = Math.min(low, value)
    high = Math.max(high, value)
  }
  const far = Math.max(Math.abs(low), Math.abs(high)) || 1
  const share = (value: number) => (around ? value / far : high > low ? (value - low) / (high - low) : 0.5)
  const layout = (surface: { measure: Surface["measure"] }, width: number, height: number) => {
    const left = Math.min(width * 0.3, Math.max(0, ...rows.map((row) => surface.measure(shorten(row, 24))))) + 14 + (props.rowLabel ? 16 : 0)
    const bottom = 22 + (props.columnLabel ? 16 : 0)
    return { left, top: 6, wide: (width - left - 12) / Math.max(1, columns.length), tall: (height - 6 - bottom) / Math.max(1, rows.length) }
  }
  const fillOf = (value: number) => (around ? diverging : sequential)(share(value), ink().theme)
  const hitOf = (row: number, column: number): Hit => ({
    key: null,
    at: row * columns.length + column,
    tip: {
      title: `${props.rowLabel ? `${props.rowLabel} ` : ""}${rows[row]} · ${props.columnLabel ? `${props.columnLabel} ` : ""}${columns[column]}`,
      rows: [{ color: fillOf(values[row * columns.length + column]!), name: props.valueLabel ?? "value", value: number(values[row * columns.length + column]!) }],
    },
  })
  return {
    title,
    summary: () => `${title}: a heatmap of ${rows.length} rows and ${columns.length} columns, values from ${number(low)} to ${number(high)}.`,
    csv: () => csvOf([props.rowLabel ?? "", ...columns], rows.map((row, at) => [row, ...columns.map((_, column) => values[at * columns.length + column] ?? null)])),
    *draw(surface, colors, width, height) {
      const { left, top, wide, tall } = layout(surface, width, height)
      const written = wide > 34 && tall > 16
      const gap = wide > 8 && tall > 8 ? 1 : 0
      for (let row = 0; row < rows.length; row++) {
        for (let column = 0; column < columns.length; column++) {
          const value = values[row * columns.length + column]!
          if (Number.isNaN(value)) continue
          const x = left + column * wide
          const y = top + row * tall
          surface.rect(x, y, wide - gap, tall - gap, { fill: fillOf(value) }, gap ? 2 : 0)
          const strong = around ? Math.abs(share(value)) > 0.6 : share(value) > 0.5
          if (written) surface.text(number(value, 3), x + wide / 2, y + tall / 2, { fill: strong ? colors.surface : colors.text, size: LABEL, align: "center" })
        }
        if ((row + 1) % Math.max(1, Math.floor(2000 / columns.length)) === 0) yield
      }
      const every = Math.max(1, Math.ceil(14 / tall))
      rows.forEach((row, at) => {
        if (at % every === 0) surface.text(shorten(row, 24), left - 6, top + (at + 0.5) * tall, { fill: colors.text2, size: LABEL, align: "right" })
      })
      const places = columns.map((_, at) => left + (at + 0.5) * wide)
      const bottom = top + rows.length * tall
      fitting(places, columns.map((column) => shorten(column, Math.max(6, Math.floor(wide / 6)))), left - 6, width, (text) => surface.measure(text)).forEach((label, at) => {
        if (label) surface.text(label, places[at]!, bottom + 11, { fill: colors.text2, size: LABEL, align: "center" })
      })
      if (props.columnLabel) surface.text(props.columnLabel, left + (columns.length * wide) / 2, bottom + 27, { fill: colors.text3, size: LABEL, align: "center" })
      if (props.rowLabel) surface.text(props.rowLabel, 10, top + (rows.length * tall) / 2, { fill: colors.text3, size: LABEL, align: "center", turn: -90 })
    },
    hit(px, py, width, height) {
      const { left, top, wide, tall } = layout(onScreen, width, height)
      const column = Math.floor((px - left) / wide)
      const row = Math.floor((py - top) / tall)
      return row >= 0 && row < rows.length && column >= 0 && column < columns.length ? hitOf(row, column) : null
    },
    marks(width, height) {
      const { left, top, wide, tall } = layout(onScreen, width, height)
      return rows.flatMap((_, row) => columns.map((__, column) => ({ x: left + (column + 0.5) * wide, y: top + (row + 0.5) * tall, hit: hitOf(row, column) })))
    },
    ...(props.onPick ? { onPick: (hit) => props.onPick?.(Math.floor(hit.at / columns.length), hit.at % columns.length) } : {}),
  }
}
