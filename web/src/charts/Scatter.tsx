import { type Ref, useMemo } from "react"
import { boxOf, drawAxes, onScreen } from "~/charts/axes"
import { type ChartHandle, csvOf } from "~/charts/export"
import { number } from "~/charts/format"
import { color, sequential } from "~/charts/palette"
import type { Hit, PlotSpec } from "~/charts/plot"
import { PlotView } from "~/charts/PlotView"
import { makeScale, padded, type Scale } from "~/charts/scale"
import type { Surface } from "~/charts/surface"
import { ink, type Ink } from "~/charts/theme"

export interface ScatterPoint {
  /** The run. */
  id: string
  x: number
  y: number
  /** A CSS colour, or a number that is shown on the sequential map; none for the run's own colour. */
  color?: string | number
  /** Relative size of the mark. */
  size?: number
}

export interface ScatterProps {
  ref?: Ref<ChartHandle>
  title: string
  points: readonly ScatterPoint[]
  xLabel: string
  yLabel: string
  colorLabel?: string
  logX?: boolean
  logY?: boolean
  name?: (id: string) => string
  /** Draw the best y so far along x. */
  runningBest?: "min" | "max"
  onPick?: (id: string) => void
  /** Told which runs were circled with the pointer. */
  onLasso?: (ids: string[]) => void
}

/** Runs as points; a click picks one, a drag circles many. Keep `points` and functions stable. */
export function Scatter({ ref, ...props }: ScatterProps) {
  const { points, logX, logY, title, xLabel, yLabel, colorLabel, name, runningBest, onPick, onLasso } = props
  const spec = useMemo(() => scatter({ points, logX, logY, title, xLabel, yLabel, colorLabel, name, runningBest, onPick, onLasso }),
    [points, logX, logY, title, xLabel, yLabel, colorLabel, name, runningBest, onPick, onLasso])
  return <PlotView ref={ref} spec={spec} />
}

type Place = { x: Scale; y: Scale; box: { left: number; top: number; width: number; height: number } }

function scatter(props: Omit<ScatterProps, "ref">): PlotSpec {
  const { title, logX = false, logY = false, xLabel, yLabel, runningBest } = props
  const points = props.points.filter((each) => Number.isFinite(each.x) && Number.isFinite(each.y) && (!logX || each.x > 0) && (!logY || each.y > 0))
  const span = (values: number[], log: boolean) => padded(values.reduce((a, b) => Math.min(a, b), Infinity), values.reduce((a, b) => Math.max(a, b), -Infinity), log)
  const xs = points.length ? span(points.map((each) => each.x), logX) : ([0, 1] as [number, number])
  const ys = points.length ? span(points.map((each) => each.y), logY) : ([0, 1] as [number, number])
  const numbers = points.map((each) => each.color).filter((each) => typeof each === "number")
  const low = numbers.reduce((a, b) => Math.min(a, b), Infinity)
  const high = numbers.reduce((a, b) => Math.max(a, b), -Infinity)
  const most = points.reduce((a, b) => Math.max(a, b.size ?? 0), 0)
  const name = (id: string) => props.name?.(id) ?? id
  const radius = (each: ScatterPoint) => (most > 0 ? 3 + 6 * Math.sqrt(Math.max(0, each.size ?? 0) / most) : points.length > 2000 ? 2.5 : 4)
  const fill = (each: ScatterPoint, colors: Ink) =>
    typeof each.color === "number" ? sequential(0.15 + 0.85 * (high > low ? (each.color - low) / (high - low) : 0.5), colors.theme) : (each.color ?? color(each.id, colors.theme))
  const best: ScatterPoint[] = []
  if (runningBest) {
    for (const each of [...points].sort((a, b) => a.x - b.x)) {
      const last = best[best.length - 1]
      if (!last || (runningBest === "min" ? each.y < last.y : each.y > last.y)) best.push(each)
    }
  }
  let placed: { key: string; place: Place } | null = null
  const place = (surface: Surface | null, width: number, height: number): Place => {
    const key = `${width} ${height}`
    if (!surface && placed?.key === key) return placed.place
    const box = boxOf(surface ?? onScreen, width, height, makeScale(...ys, 1, 0, { log: logY }), { xLabel, yLabel })
    const made = {
      box,
      x: makeScale(xs[0], xs[1], box.left, box.left + box.width, { log: logX }),
      y: makeScale(ys[0], ys[1], box.top + box.height, box.top, { log: logY }),
    }
    if (surface === null) placed = { key, place: made }
    return made
  }
  const hitOf = (each: ScatterPoint, at: number): Hit => ({
    key: each.id,
    at,
    tip: {
      title: name(each.id),
      rows: [
        { color: fill(each, ink()), name: xLabel, value: number(each.x) },
        { color: "transparent", name: yLabel, value: number(each.y), strong: true },
        ...(typeof each.color === "number" ? [{ color: "transparent", name: props.colorLabel ?? "colour", value: number(each.color) }] : []),
      ],
    },
  })
  return {
    title,
    summary: () => `${title}: a scatter of ${points.length} runs, ${yLabel} over ${xLabel}.${best.length ? ` Best ${yLabel} ${number(best[best.length - 1]!.y)} by ${name(best[best.length - 1]!.id)}.` : ""}`,
    csv: () => csvOf(["run", xLabel, yLabel, props.colorLabel ?? "colour", "size"], points.map((each) => [name(each.id), each.x, each.y, each.color ?? null, each.size ?? null])),
    *draw(surface, colors, width, height) {
      const { x, y, box } = place(surface, width, height)
      drawAxes(surface, colors, box, x, y, { xLabel, yLabel })
      for (let at = 0; at < points.length; at++) {
        const each = points[at]!
        surface.circle(x.map(each.x), y.map(each.y), radius(each), {
          fill: fill(each, colors), alpha: points.length > 500 ? 0.6 : 0.85, ...(points.length <= 500 ? { stroke: colors.surface, width: 1 } : {}),
        })
        if (at % 1000 === 999) yield
      }
      if (best.length) {
        surface.path((pen) => {
          best.forEach((each, at) => {
            if (at === 0) pen.moveTo(x.map(each.x), y.map(each.y))
            else {
              pen.lineTo(x.map(each.x), y.map(best[at - 1]!.y))
              pen.lineTo(x.map(each.x), y.map(each.y))
            }
          })
          pen.lineTo(box.left + box.width, y.map(best[best.length - 1]!.y))
        }, { stroke: colors.text2, width: 1.5, dash: [5, 3] })
        for (const each of best) surface.circle(x.map(each.x), y.map(each.y), radius(each) + 1.5, { stroke: colors.text2, width: 1.25 })
      }
    },
    over(surface, colors, width, height, key) {
      const { x, y } = place(null, width, height)
      const found = points.filter((each) => each.id === key)
      for (const each of found) surface.circle(x.map(each.x), y.map(each.y), radius(each) + 1.5, { fill: fill(each, colors), stroke: colors.text, width: 1.5 })
      return found.length > 0
    },
    hit(px, py, width, height) {
      const { x, y } = place(null, width, height)
      let best = -1
      let distance = 14
      points.forEach((each, at) => {
        const found = Math.hypot(x.map(each.x) - px, y.map(each.y) - py)
        if (found < distance) {
          distance = found
          best = at
        }
      })
      return best < 0 ? null : hitOf(points[best]!, best)
    },
    marks(width, height) {
      const { x, y } = place(null, width, height)
      return points.map((each, at) => ({ x: x.map(each.x), y: y.map(each.y), hit: hitOf(each, at) })).sort((a, b) => a.x - b.x)
    },
    ...(props.onPick ? { onPick: (hit) => props.onPick?.(hit.key!) } : {}),
    canDrag: () => Boolean(props.onLasso),
    onDrag(drag, trail, colors) {
      if (!props.onLasso) return
      if (!drag.done) {
        trail.path((pen) => drag.path.forEach((each, at) => (at ? pen.lineTo(each.x, each.y) : pen.moveTo(each.x, each.y))), { stroke: colors.accent, width: 1.5, dash: [4, 3] }, true)
        trail.path((pen) => drag.path.forEach((each, at) => (at ? pen.lineTo(each.x, each.y) : pen.moveTo(each.x, each.y))), { fill: colors.accent, alpha: 0.1 }, true)
        return
      }
      const { x, y } = place(null, drag.width, drag.height)
      props.onLasso(points.filter((each) => within(drag.path, x.map(each.x), y.map(each.y))).map((each) => each.id))
    },
  }
}

function within(path: readonly { x: number; y: number }[], x: number, y: number): boolean {
  let inside = false
  for (let at = 0, before = path.length - 1; at < path.length; before = at++) {
    const a = path[at]!
    const b = path[before]!
    if (a.y > y !== b.y > y && x < ((b.x - a.x) * (y - a.y)) / (b.y - a.y) + a.x) inside = !inside
  }
  return inside
}
