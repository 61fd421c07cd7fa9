/** Axes, grid and labels in the one look of all charts that are not on uPlot, and of all exports. */
import type { Scale } from "~/charts/scale"
import type { Surface } from "~/charts/surface"
import { type Ink, ink } from "~/charts/theme"

export interface Box {
  left: number
  top: number
  width: number
  height: number
}

export const LABEL = 11

const shared: { context: CanvasRenderingContext2D | null; font: string } = { context: null, font: "" }

/** Width of a text of the axes on screen, in CSS pixels. */
export function textWidth(text: string, font: string, size = LABEL): number {
  shared.context ??= document.createElement("canvas").getContext("2d")
  const wanted = `${size}px ${font}`
  if (shared.font !== wanted && shared.context) {
    shared.context.font = wanted
    shared.font = wanted
  }
  return shared.context?.measureText(text).width ?? text.length * size * 0.56
}

/** Measures as the canvas on screen does, for hit tests. */
export const onScreen = { measure: (text: string, size = LABEL) => textWidth(text, ink().font, size) }

/** How many ticks have room. */
export function tickCount(length: number, along: "x" | "y", widest = 56): number {
  return Math.max(2, Math.min(along === "x" ? 10 : 7, Math.floor(length / (along === "x" ? widest + 24 : 25))))
}

/** Labels without those that would run into their left neighbour or out of the picture. */
export function fitting(places: readonly number[], labels: readonly string[], from: number, to: number, measure: (text: string) => number): string[] {
  let edge = -Infinity
  return labels.map((label, at) => {
    const half = measure(label) / 2
    const place = places[at]!
    if (place - half < Math.max(from, edge + 6) || place + half > to) return ""
    edge = place + half
    return label
  })
}

export interface AxesOptions {
  xLabel?: string
  yLabel?: string
  grid?: boolean
  /** Ticks of x only at these values, e.g. the middles of bars. */
  xTicks?: readonly { at: number; label: string }[]
}

/** The room inside the axes of a picture. */
export function boxOf(surface: Pick<Surface, "measure">, width: number, height: number, yScale: Scale | null, options: AxesOptions = {}): Box {
  const most = tickCount(height - 44, "y")
  const labels = yScale ? yScale.labels(yScale.ticks(most)) : []
  const left = Math.ceil(Math.max(yScale ? 16 : 0, ...labels.map((label) => surface.measure(label)))) + (yScale ? 12 : 8) + (options.yLabel ? 16 : 0)
  const bottom = 24 + (options.xLabel ? 16 : 0)
  return { left, top: 8, width: Math.max(10, width - left - 14), height: Math.max(10, height - 8 - bottom) }
}

export function drawAxes(surface: Surface, colors: Ink, box: Box, x: Scale | null, y: Scale | null, options: AxesOptions = {}): void {
  const bottom = box.top + box.height
  const right = box.left + box.width
  const hair = { stroke: colors.border, width: 1 }
  const text = { fill: colors.text3, size: LABEL } as const
  if (y) {
    const ticks = y.ticks(tickCount(box.height, "y"))
    const labels = y.labels(ticks)
    ticks.forEach((tick, at) => {
      const place = crisp(y.map(tick))
      if (options.grid !== false) surface.line(box.left, place, right, place, { ...hair, alpha: 0.6 })
      surface.text(labels[at]!, box.left - 6, place, { ...text, align: "right" })
    })
    if (options.yLabel) surface.text(options.yLabel, 10, box.top + box.height / 2, { ...text, fill: colors.text2, align: "center", turn: -90 })
  }
  surface.line(box.left, crisp(bottom), right, crisp(bottom), { stroke: colors.strong, width: 1 })
  const given = options.xTicks
  const ticks = given ? given.map((tick) => tick.at) : x ? x.ticks(tickCount(box.width, "x")) : []
  const places = given ? ticks : ticks.map((tick) => x!.map(tick))
  const labels = given ? given.map((tick) => tick.label) : x ? x.labels(ticks) : []
  fitting(places, labels, given ? box.left - 8 : 0, right + 14, (each) => surface.measure(each)).forEach((label, at) => {
    const place = crisp(places[at]!)
    surface.line(place, bottom, place, bottom + 4, { stroke: colors.strong, width: 1 })
    if (label) surface.text(label, places[at]!, bottom + 14, { ...text, align: "center" })
  })
  if (options.xLabel) surface.text(options.xLabel, box.left + box.width / 2, bottom + 30, { ...text, fill: colors.text2, align: "center" })
}

function crisp(place: number): number {
  return Math.round(place - 0.5) + 0.5
}
