/** A line chart as a picture for export, drawn from its data, and as a table. */
import { boxOf, drawAxes } from "~/charts/axes"
import { csvOf, type Picture } from "~/charts/export"
import { instant, shorten } from "~/charts/format"
import { axisKind, type Model, nameOf, viewOf } from "~/charts/lineModel"
import { widthOf } from "~/charts/linePaint"
import { makeScale } from "~/charts/scale"
import type { Surface } from "~/charts/surface"
import type { Ink } from "~/charts/theme"
import { type Pen, trace, traceBand, xPixels, yLine } from "~/charts/trace"

const LEGEND = 24 // lines at most that a legend names

function moved(pen: Pen, left: number, top: number): Pen {
  return { moveTo: (x, y) => pen.moveTo(x + left, y + top), lineTo: (x, y) => pen.lineTo(x + left, y + top) }
}

export function pictureOfLines(model: Model, size: { width: number; height: number }): Picture {
  const named = model.lines.length <= LEGEND ? model.lines : []
  const width = Math.max(480, size.width)
  const columns = Math.max(1, Math.floor((width - 16) / 180))
  const legend = named.length ? Math.ceil(named.length / columns) * 18 + 8 : 0
  const height = Math.max(260, size.height)
  return {
    title: model.options.title,
    width,
    height: height + legend,
    draw(surface, ink) {
      drawLines(surface, ink, model, width, height)
      named.forEach((each, at) => {
        const x = 12 + (at % columns) * 180
        const y = height + 8 + Math.floor(at / columns) * 18
        surface.line(x, y, x + 16, y, { stroke: each.style.color, width: 2, dash: each.style.dash })
        surface.text(shorten(nameOf(model.options, each.line), 26), x + 22, y, { fill: ink.text2, size: 11 })
      })
    },
  }
}

function drawLines(surface: Surface, ink: Ink, model: Model, width: number, height: number): void {
  const { grid, unit, zone } = model.options
  const labels = { xLabel: grid.xKind === "time" ? "time" : grid.xKind.replace(/^metric:/, ""), yLabel: unit }
  const options = { log: model.logY }
  const box = boxOf(surface, width, height, makeScale(...model.y, 1, 0, options), labels)
  const x = makeScale(...model.x, box.left, box.left + box.width, { log: model.logX, kind: axisKind(grid.xKind), zone })
  const y = makeScale(...model.y, box.top + box.height, box.top, options)
  drawAxes(surface, ink, box, x, y, labels)
  const view = viewOf(model, box.width, box.height)
  const xs = xPixels(grid.x, view)
  surface.clip(box.left, box.top, box.width, box.height, () => {
    for (const each of model.lines) {
      const from = Math.max(model.part[0], each.line.from)
      const to = Math.min(model.part[1], each.line.to)
      const { color, dash } = each.style
      if (each.low && each.high) {
        surface.path((pen) => traceBand(moved(pen, box.left, box.top), xs, each.low!, each.high!, from, to, view), { fill: color, alpha: ink.band * 0.7 }, true)
      }
      if (each.raw) surface.path((pen) => void trace(moved(pen, box.left, box.top), xs, each.raw!, from, to, view, each.breaks), { stroke: color, width: 1, alpha: 0.28 })
      let lone: number[] = []
      surface.path((pen) => (lone = trace(moved(pen, box.left, box.top), xs, each.values, from, to, view, each.breaks)), {
        stroke: color, dash, width: widthOf(model, each), alpha: each.style.dim ? 0.25 : 1,
      })
      const { slope, base } = yLine(view)
      for (const at of lone) {
        const value = each.values[at]!
        surface.circle(box.left + xs[at]!, box.top + base - (view.logY ? Math.log10(value) : value) * slope, 3, { fill: color })
      }
      for (const at of each.line.nan) surface.text("×", box.left + xs[at]!, box.top + box.height - 6, { fill: color, size: 12, align: "center" })
      for (const at of each.line.posinf) surface.text("▲", box.left + xs[at]!, box.top + 6, { fill: color, size: 9, align: "center" })
      for (const at of each.line.neginf) surface.text("▼", box.left + xs[at]!, box.top + box.height - 6, { fill: color, size: 9, align: "center" })
    }
  })
}

/** One row for each bucket in view that has anything; NaN and ±Inf are told as such. */
export function csvOfLines(model: Model): string {
  const { options } = model
  const { grid } = options
  const wide = (each: Model["lines"][number]) => each.line.low !== null || !each.line.exact
  const head = [grid.xKind.replace(/^metric:/, "")]
  for (const each of model.lines) {
    const name = `${nameOf(options, each.line)} ${each.line.metric}`
    head.push(name)
    if (each.raw) head.push(`${name} (smoothed)`)
    if (wide(each)) head.push(`${name} (low)`, `${name} (high)`)
  }
  function* rows(): Generator<(string | number | null)[]> {
    const odd = model.lines.map((each) => new Map([
      ...each.line.nan.map((at) => [at, "NaN"] as const),
      ...each.line.posinf.map((at) => [at, "Infinity"] as const),
      ...each.line.neginf.map((at) => [at, "-Infinity"] as const),
    ]))
    for (let at = model.part[0]; at <= model.part[1]; at++) {
      const row: (string | number | null)[] = [grid.xKind === "time" ? instant(grid.x[at]!, "UTC") : grid.x[at]!]
      let any = false
      model.lines.forEach((each, index) => {
        const put = (value: number) => (Number.isNaN(value) ? null : value)
        const value = put(each.line.mean[at]!) ?? odd[index]!.get(at) ?? null
        any ||= value !== null
        row.push(value)
        if (each.raw) row.push(put(each.values[at]!))
        if (wide(each)) row.push(put((each.line.low ?? each.line.min)[at]!), put((each.line.high ?? each.line.max)[at]!))
      })
      if (any) yield row
    }
  }
  return csvOf(head, rows())
}
