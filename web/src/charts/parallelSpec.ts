/** How parallel coordinates are drawn, hit and brushed. */
import { LABEL } from "~/charts/axes"
import { csvOf } from "~/charts/export"
import { shorten } from "~/charts/format"
import { color, sequential } from "~/charts/palette"
import { type Brushes, passing, type Ready, valueText } from "~/charts/parallelModel"
import type { Hit, PlotSpec } from "~/charts/plot"
import type { Surface } from "~/charts/surface"
import { type Ink, ink } from "~/charts/theme"

/** CSS pixels left and right of the outer axes. */
export const SIDE = 64
const TOP = 8
const BOTTOM = 24
const SHADES = 24

/** The brushes as they are now, outside of React, since they change with every move of the pointer. */
export class Held {
  brushes: Brushes
  repaint: () => void = () => {}

  constructor(brushes: Brushes) {
    this.brushes = brushes
  }

  set(brushes: Brushes): void {
    this.brushes = brushes
    this.repaint()
  }
}

interface Given {
  title: string
  ids: readonly string[]
  axes: readonly Ready[]
  colorBy: string | undefined
  name: ((id: string) => string) | undefined
  held: Held
  onBrush: ((ids: string[] | null, brushes: Brushes) => void) | undefined
  onPick: ((id: string) => void) | undefined
}

export function parallelSpec({ title, ids, axes, colorBy, name, held, onBrush, onPick }: Given): PlotSpec {
  const shade = axes.find((each) => each.axis.key === colorBy) ?? axes[axes.length - 1]
  const placeX = (at: number, width: number) => SIDE + (axes.length > 1 ? at / (axes.length - 1) : 0.5) * (width - 2 * SIDE)
  const placeY = (share: number, height: number) => (Number.isNaN(share) ? height - 8 : TOP + (1 - share) * (height - TOP - BOTTOM))
  const shareOf = (y: number, height: number) => Math.max(0, Math.min(1, 1 - (y - TOP) / (height - TOP - BOTTOM)))
  const named = (id: string) => name?.(id) ?? id
  const lines = (surface: Surface, places: readonly number[], width: number, height: number, stroke: string, line: number, alpha: number) =>
    surface.path((pen) => {
      for (const place of places) {
        for (let at = 0; at < axes.length; at++) {
          const y = placeY(axes[at]!.shares[place]!, height)
          if (at === 0) pen.moveTo(placeX(at, width), y)
          else pen.lineTo(placeX(at, width), y)
        }
      }
    }, { stroke, width: line, alpha })
  const strokeOf = (place: number, colors: Ink) => {
    const share = shade?.shares[place] ?? NaN
    return Number.isNaN(share) ? colors.text3 : shade!.categories ? color(String(shade!.axis.values[place]), colors.theme) : sequential(0.2 + 0.8 * Math.round(share * SHADES) / SHADES, colors.theme)
  }
  const frame = (surface: Surface, colors: Ink, width: number, height: number, brushes: Brushes) => {
    axes.forEach((each, at) => {
      const x = Math.round(placeX(at, width)) + 0.5
      surface.line(x, TOP, x, height - BOTTOM, { stroke: colors.strong, width: 1 })
      for (const tick of each.ticks) {
        const y = placeY(tick.at, height)
        const right = at === axes.length - 1
        surface.line(x - 3, y, x + 3, y, { stroke: colors.strong, width: 1 })
        const text = shorten(tick.label, 14)
        const wide = surface.measure(text) + 6
        if (at > 0 && !right) surface.rect(x - 4 - wide, y - 7, wide, 14, { fill: colors.surface, alpha: 0.86 }, 2)
        surface.text(text, right ? x + 7 : x - 7, y, { fill: colors.text2, size: LABEL, align: right ? "left" : "right" })
      }
      if (each.shares.some(Number.isNaN)) surface.text("none", at === axes.length - 1 ? x + 7 : x - 7, height - 8, { fill: colors.text3, size: LABEL, align: at === axes.length - 1 ? "left" : "right" })
      const brush = brushes[each.axis.key]
      if (brush) {
        const top = placeY(brush[1], height)
        surface.rect(x - 7, top, 14, Math.max(2, placeY(brush[0], height) - top), { fill: colors.accent, alpha: 0.22 }, 3)
        surface.rect(x - 7, top, 14, Math.max(2, placeY(brush[0], height) - top), { stroke: colors.accent, width: 1 }, 3)
      }
    })
  }
  const axisAt = (x: number, width: number) => {
    const at = axes.length > 1 ? Math.round(((x - SIDE) / (width - 2 * SIDE)) * (axes.length - 1)) : 0
    return axes[at] && Math.abs(placeX(at, width) - x) <= 14 ? axes[at]! : null
  }
  const hitOf = (at: number): Hit => ({
    key: ids[at]!,
    at,
    tip: {
      title: named(ids[at]!),
      rows: axes.map((each) => ({ color: each === shade ? strokeOf(at, ink()) : "transparent", name: each.axis.label, value: valueText(each.axis.values[at]), strong: each === shade })),
    },
  })
  const tell = () => {
    if (!onBrush) return
    const brushes = held.brushes
    const kept = passing(axes, brushes, ids.length)
    onBrush(Object.keys(brushes).length ? ids.filter((_, at) => kept[at] === 1) : null, brushes)
  }
  let before: Brushes = held.brushes
  return {
    title,
    summary: () => `${title}: parallel coordinates of ${ids.length} runs over ${axes.map((each) => each.axis.label).join(", ")}.`,
    csv: () => csvOf(["run", ...axes.map((each) => each.axis.label)], ids.map((id, at) => [named(id), ...axes.map((each) => each.axis.values[at] ?? null)])),
    *draw(surface, colors, width, height) {
      const brushes = held.brushes
      const kept = passing(axes, brushes, ids.length)
      const some = Object.keys(brushes).length > 0
      const groups = new Map<string, number[]>()
      const rest: number[] = []
      for (let at = 0; at < ids.length; at++) {
        if (!kept[at]) {
          rest.push(at)
          continue
        }
        const stroke = strokeOf(at, colors)
        const group = groups.get(stroke)
        if (group) group.push(at)
        else groups.set(stroke, [at])
      }
      const shown = ids.length - rest.length
      const portion = 120
      if (some && ids.length <= 20_000) {
        for (let at = 0; at < rest.length; at += portion) {
          lines(surface, rest.slice(at, at + portion), width, height, colors.border, 1, 0.35)
          yield
        }
      }
      const alpha = shown > 2000 ? 0.35 : shown > 300 ? 0.5 : 0.8
      for (const [stroke, group] of groups) {
        for (let at = 0; at < group.length; at += portion) {
          lines(surface, group.slice(at, at + portion), width, height, stroke, shown > 100 ? 1 : 1.5, alpha)
          yield
        }
      }
      frame(surface, colors, width, height, brushes)
    },
    over(surface, colors, width, height, key) {
      const at = ids.indexOf(key)
      if (at < 0) return false
      lines(surface, [at], width, height, strokeOf(at, colors), 2.5, 1)
      frame(surface, colors, width, height, held.brushes)
      return true
    },
    hit(px, py, width, height) {
      if (axes.length < 2) return null
      const share = ((px - SIDE) / (width - 2 * SIDE)) * (axes.length - 1)
      if (share < 0 || share > axes.length - 1) return null
      const left = Math.min(axes.length - 2, Math.floor(share))
      const kept = passing(axes, held.brushes, ids.length)
      let best = -1
      let distance = 8
      for (let at = 0; at < ids.length; at++) {
        if (!kept[at]) continue
        const a = placeY(axes[left]!.shares[at]!, height)
        const b = placeY(axes[left + 1]!.shares[at]!, height)
        const slope = (b - a) / (placeX(left + 1, width) - placeX(left, width))
        const found = Math.abs(a + (b - a) * (share - left) - py) / Math.hypot(1, slope)
        if (found < distance) {
          distance = found
          best = at
        }
      }
      return best < 0 ? null : hitOf(best)
    },
    marks: (width, height) => ids.map((_, at) => ({ x: placeX(0, width), y: placeY(axes[0]!.shares[at]!, height), hit: hitOf(at) })),
    ...(onPick ? { onPick: (hit) => onPick(hit.key!) } : {}),
    attach: (repaint) => {
      held.repaint = repaint
    },
    canDrag: (x, _, width) => axisAt(x, width) !== null,
    onDrag(drag, trail, colors) {
      const first = drag.path[0]!
      const last = drag.path[drag.path.length - 1]!
      const each = axisAt(first.x, drag.width)
      if (!each) return
      if (drag.path.length <= 3) before = held.brushes
      const a = shareOf(first.y, drag.height)
      const b = shareOf(last.y, drag.height)
      held.brushes = { ...before, [each.axis.key]: [Math.min(a, b), Math.max(a, b)] }
      frame(trail, colors, drag.width, drag.height, held.brushes)
      if (drag.done) {
        before = held.brushes
        held.repaint()
      }
      tell()
    },
    onDouble(x, _, width) {
      const each = axisAt(x, width)
      if (!each) return
      const { [each.axis.key]: dropped, ...left } = held.brushes
      void dropped
      held.brushes = left
      held.repaint()
      tell()
    },
  }
}
