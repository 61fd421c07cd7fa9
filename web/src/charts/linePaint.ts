/** Paints the lines of a model on a canvas, in portions, so that a thousand lines never hold a frame. */
import type { Drawn, Model } from "~/charts/lineModel"
import type { Ink } from "~/charts/theme"
import { trace, traceBand, type View, xPixels, yLine } from "~/charts/trace"

const DASHED = 36 // lines at most among which dashes can be told apart

export interface Brush {
  context: CanvasRenderingContext2D
  /** In device pixels. */
  view: View
  ratio: number
  xs: Float64Array
  ink: Ink
}

export function brushOf(context: CanvasRenderingContext2D, model: Model, view: View, ratio: number, ink: Ink): Brush {
  return { context, view, ratio, xs: xPixels(model.options.grid.x, view), ink }
}

export function widthOf(model: Model, each: Drawn): number {
  const count = model.lines.length
  if (each.line.key === model.options.baseline) return 2.5
  return each.style.width ?? (count <= 16 ? 1.5 : count <= 40 ? 1.25 : 1)
}

/** Buckets that will be visited; what painting costs. */
export function costOf(model: Model): number {
  return model.lines.length * (model.part[1] - model.part[0] + 1)
}

/** Paint all, yielding after each portion of work. */
export function* paintAll(brush: Brush, model: Model): Generator<undefined, void> {
  const per = Math.max(1, Math.floor(12_000 / (model.part[1] - model.part[0] + 1)))
  const faint = model.lines.length <= 60
  let done = 0
  for (const each of model.lines) {
    if (each.low && each.high) {
      band(brush, model, each)
      if (++done % per === 0) yield
    }
  }
  if (faint) {
    for (const each of model.lines) {
      if (each.raw) {
        stroke(brush, model, each, each.raw, 1, 0.28)
        if (++done % per === 0) yield
      }
    }
  }
  for (const each of model.lines) {
    stroke(brush, model, each, each.values, widthOf(model, each), each.style.dim ? 0.25 : 1)
    if (++done % per === 0) yield
  }
  for (const each of model.lines) if (each.breaks.length) marks(brush, each)
}

/** Paint one line above the others. */
export function paintOne(brush: Brush, model: Model, each: Drawn, width: number): void {
  if (each.low && each.high) band(brush, model, each)
  if (each.raw) stroke(brush, model, each, each.raw, 1, 0.35)
  stroke(brush, model, each, each.values, width, 1)
  if (each.breaks.length) marks(brush, each)
}

/** Make a line vanish from what is already painted, until all is painted anew. */
export function wipe(brush: Brush, model: Model, each: Drawn): void {
  const { context } = brush
  context.globalCompositeOperation = "destination-out"
  stroke(brush, model, { ...each, style: { ...each.style, color: "#000", dash: [] } }, each.values, widthOf(model, each) + 1.5, 1)
  context.globalCompositeOperation = "source-over"
}

function stroke(brush: Brush, model: Model, each: Drawn, values: Float64Array, width: number, alpha: number): void {
  const { context, ratio, view, xs } = brush
  const from = Math.max(model.part[0], each.line.from - 1)
  const to = Math.min(model.part[1], each.line.to)
  context.globalAlpha = alpha
  context.strokeStyle = each.style.color
  context.lineWidth = width * ratio
  context.lineJoin = "bevel"
  context.setLineDash(each.style.dash?.length && (model.lines.length <= DASHED || width > 2) ? each.style.dash.map((part) => part * ratio) : [])
  context.beginPath()
  const lone = trace(context, xs, values, Math.max(0, from), to, view, each.breaks)
  context.stroke()
  if (lone.length) dots(brush, each.style.color, values, lone, Math.max(2.5, width * 1.4))
  context.globalAlpha = 1
}

function dots(brush: Brush, color: string, values: Float64Array, places: readonly number[], radius: number): void {
  const { context, ratio, view, xs } = brush
  const { slope, base } = yLine(view)
  context.fillStyle = color
  context.beginPath()
  for (const at of places) {
    const y = base - (view.logY ? Math.log10(values[at]!) : values[at]!) * slope
    context.moveTo(xs[at]! + radius * ratio, y)
    context.arc(xs[at]!, y, radius * ratio, 0, 2 * Math.PI)
  }
  context.fill()
}

function band(brush: Brush, model: Model, each: Drawn): void {
  const { context, view, xs, ink } = brush
  const share = model.lines.length <= 8 ? 1 : model.lines.length <= 30 ? 0.7 : 0.45
  context.globalAlpha = ink.band * share * (each.style.dim ? 0.4 : 1)
  context.fillStyle = each.style.color
  context.beginPath()
  traceBand(context, xs, each.low!, each.high!, Math.max(model.part[0], each.line.from), Math.min(model.part[1], each.line.to), view)
  context.fill()
  context.globalAlpha = 1
}

/** Crosses at the bottom for NaN, arrowheads at the edges for ±Inf. */
function marks(brush: Brush, each: Drawn): void {
  const { context, ratio, view, xs } = brush
  const size = 3.5 * ratio
  context.strokeStyle = context.fillStyle = each.style.color
  context.lineWidth = 1.5 * ratio
  context.setLineDash([])
  const spaced = (places: readonly number[], draw: (x: number) => void) => {
    let before = -Infinity
    for (const at of places) {
      const x = xs[at]!
      if (x < -size || x > view.width + size || x - before < size * 2) continue
      before = x
      draw(Math.max(size + 1, Math.min(view.width - size - 1, x)))
    }
  }
  context.beginPath()
  spaced(each.line.nan, (x) => {
    const y = view.height - size - 2 * ratio
    context.moveTo(x - size, y - size)
    context.lineTo(x + size, y + size)
    context.moveTo(x + size, y - size)
    context.lineTo(x - size, y + size)
  })
  context.stroke()
  context.beginPath()
  for (const [places, edge, way] of [[each.line.posinf, ratio, 1], [each.line.neginf, view.height - ratio, -1]] as const) {
    spaced(places, (x) => {
      context.moveTo(x, edge)
      context.lineTo(x - size * 1.2, edge + way * size * 2)
      context.lineTo(x + size * 1.2, edge + way * size * 2)
      context.closePath()
    })
  }
  context.fill()
}
