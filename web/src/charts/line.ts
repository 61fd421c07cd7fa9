/**
 * The controller of one line chart: an element, uPlot for layout, axes and grid, and above it canvases of our own.
 *
 * uPlot holds no series: its frame is the unit square, on which our ticks lie. Lines are painted in portions on one
 * canvas; the emphasised run is on a second, so that hovering never repaints the others. Knows no React.
 */
import uPlot from "uplot"
import { fitting, textWidth, tickCount } from "~/charts/axes"
import { type Cursor, cursor, onCursor } from "~/charts/bus"
import { type ChartHandle, pngOf, svgOf } from "~/charts/export"
import { bucketAt, pointNear } from "~/charts/grid"
import { csvOfLines, pictureOfLines } from "~/charts/linePicture"
import { axisKind, changed, type LineOptions, type Model, modelOf, noteOf, reachOf, styled, summaryOf, viewOf } from "~/charts/lineModel"
import { brushOf, costOf, paintAll, paintOne, widthOf, wipe } from "~/charts/linePaint"
import type { LineStyle } from "~/charts/palette"
import { makeScale, type Scale } from "~/charts/scale"
import { cancel, onSize, onView, schedule, settle } from "~/charts/schedule"
import { ink, onInk } from "~/charts/theme"
import { type View, yLine } from "~/charts/trace"

const STRIP = 16 // CSS pixels above the plot, for unit and note
const AT_ONCE = 25_000 // buckets that are painted without a second canvas

export class LineChart implements ChartHandle {
  readonly root: HTMLElement
  options: LineOptions
  model: Model
  /** The plot's rectangle inside the root, in CSS pixels. */
  box = { left: 0, top: 0, width: 0, height: 0 }
  visible = false
  private readonly plot: uPlot
  private styles: LineStyle[]
  private canvas: HTMLCanvasElement
  private readonly over: HTMLCanvasElement
  private readonly hair: HTMLDivElement
  private readonly dot: HTMLDivElement
  private readonly note: HTMLDivElement
  private readonly unit: HTMLDivElement
  private readonly empty: HTMLDivElement
  private size = { width: 0, height: 0 }
  private frame = { x: makeScale(0, 1, 0, 1), y: makeScale(0, 1, 0, 1), xs: [] as number[], ys: [] as number[], xt: [] as string[], yt: [] as string[] }
  private stale = { frame: true, lines: true }
  private work: Generator<undefined, void> | null = null
  private next: HTMLCanvasElement | null = null
  private shown: string | null = null
  private dotted = ""
  private readonly ends: (() => void)[]

  constructor(root: HTMLElement, options: LineOptions) {
    this.root = root
    this.options = options
    this.styles = styled(options)
    this.model = modelOf(options, this.styles)
    this.plot = new uPlot(this.uplotOptions(), [[0, 1], [0, 1]], root)
    this.plot.root.style.cssText = `position:absolute;left:0;top:${STRIP}px`
    this.canvas = layer("canvas")
    this.over = layer("canvas", "display:none")
    this.hair = layer("div", "width:1px;background:var(--text-3);display:none;will-change:transform")
    this.dot = layer("div", "left:0;top:0;width:9px;height:9px;margin:-4.5px 0 0 -4px;border-radius:50%;border:2px solid var(--surface);box-sizing:border-box;display:none;will-change:transform")
    this.unit = layer("div", "left:0;top:0;max-width:50%;color:var(--text-2);font-size:11px;line-height:16px;white-space:nowrap;overflow:hidden;text-overflow:ellipsis")
    this.note = layer("div", "right:14px;top:0;color:var(--text-3);font-size:11px;line-height:16px;white-space:nowrap;max-width:70%;overflow:hidden;text-overflow:ellipsis")
    this.empty = layer("div", "inset:0;display:none;align-items:center;justify-content:center;color:var(--text-3);font-size:12px")
    root.append(this.canvas, this.over, this.hair, this.dot, this.unit, this.note, this.empty)
    this.ends = [
      onSize(root, (width, height) => {
        this.size = { width: Math.floor(width), height: Math.floor(height) }
        this.dirty(true)
      }),
      onView(root, (visible) => {
        this.visible = visible
        if (!visible) return
        this.ask()
        this.follow(cursor(), null)
      }),
      onInk(() => this.dirty(true)),
      onCursor((now, before) => this.follow(now, before)),
    ]
  }

  get title(): string {
    return this.options.title
  }

  /** Take new options; repaints as little as they ask for. */
  set(options: LineOptions): void {
    const before = this.options
    this.options = options
    const same = (["grid", "logX", "logY", "clipOutliers", "band", "baseline", "unit", "zone"] as const).every((key) => options[key] === before[key])
    const smooth = options.smooth?.kind === before.smooth?.kind && options.smooth?.weight === before.smooth?.weight
    const range = options.range?.[0] === before.range?.[0] && options.range?.[1] === before.range?.[1]
    const styles = options.style === before.style && options.grid === before.grid ? this.styles : styled(options)
    if (same && smooth && range) {
      const toggled = changed(this.styles, styles)
      this.styles = styles
      this.model.options = options
      if (toggled.length) this.restyle(toggled)
      return
    }
    this.styles = styles
    this.model = modelOf(options, styles)
    this.dirty(true)
  }

  /** Some lines changed looks: where they are few, show it at once and paint all properly after. */
  private restyle(toggled: readonly number[]): void {
    const before = this.model
    this.model = modelOf(this.options, this.styles)
    const still = before.y[0] === this.model.y[0] && before.y[1] === this.model.y[1] && !this.stale.frame && this.visible
    if (toggled.length <= 8 && still && costOf(this.model) > AT_ONCE) {
      const context = this.canvas.getContext("2d")
      if (context) {
        const brush = brushOf(context, this.model, this.view(devicePixelRatio), devicePixelRatio, ink())
        for (const index of toggled) {
          const old = before.lines.find((each) => each.line.index === index)
          const now = this.model.lines.find((each) => each.line.index === index)
          if (old) wipe(brush, before, old)
          if (now) paintOne(brush, this.model, now, widthOf(this.model, now))
        }
      }
    }
    this.dirty(!still)
  }

  private dirty(frame: boolean): void {
    this.stale.lines = true
    this.stale.frame ||= frame
    this.work = null
    this.ask()
  }

  private ask(): void {
    if (this.visible && (this.stale.frame || this.stale.lines)) schedule(this, (deadline) => this.paint(deadline))
  }

  private paint(deadline: number): boolean {
    if (!this.visible || this.size.width < 40 || this.size.height < 40) return true
    if (this.stale.frame) this.layout()
    if (this.stale.lines) {
      this.stale.lines = false
      this.begin()
    }
    while (this.work) {
      if (this.work.next().done) {
        this.work = null
        this.finish()
      } else if (performance.now() >= deadline) return false
    }
    return true
  }

  view(ratio: number): View {
    return viewOf(this.model, Math.round(this.box.width * ratio), Math.round(this.box.height * ratio))
  }

  private layout(): void {
    this.stale.frame = false
    const { width, height } = this.size
    const { model, frame } = this
    const kind = axisKind(this.options.grid.xKind)
    frame.x = makeScale(...model.x, 0, 1, { log: model.logX, kind, zone: this.options.zone })
    frame.y = makeScale(...model.y, 0, 1, { log: model.logY })
    const none = !this.model.lines.length
    frame.ys = none ? [] : frame.y.ticks(tickCount(height - STRIP - 32, "y"))
    frame.yt = frame.y.labels(frame.ys)
    const room = width - this.yWidth() - 14
    frame.xs = []
    frame.xt = []
    for (let most = tickCount(room, "x", kind === "number" ? 40 : 52); most >= 2 && !none; most--) {
      frame.xs = frame.x.ticks(most).filter((tick) => this.options.grid.xKind !== "step" || Number.isInteger(tick))
      const labels = frame.x.labels(frame.xs)
      const places = frame.xs.map((tick) => frame.x.map(tick) * room)
      frame.xt = fitting(places, labels, -this.yWidth(), room + 13, (text) => textWidth(text, ink().font))
      if (frame.xt.every(Boolean)) break
    }
    this.plot.batch(() => {
      this.plot.setSize({ width, height: height - STRIP })
      this.plot.redraw(true, true)
    })
    const { left, top, width: w, height: h } = this.plot.bbox
    const ratio = uPlot.pxRatio
    this.box = { left: left / ratio, top: top / ratio + STRIP, width: w / ratio, height: h / ratio }
    place(this.over, this.box)
    this.hair.style.top = this.dot.style.top = `${this.box.top}px`
    this.hair.style.left = this.dot.style.left = `${this.box.left}px`
    this.hair.style.height = `${this.box.height}px`
  }

  private begin(): void {
    const ratio = devicePixelRatio
    const sliced = costOf(this.model) > AT_ONCE
    const target = sliced ? (this.next ?? layer("canvas")) : this.canvas
    this.next = sliced ? target : null
    const view = this.view(ratio)
    target.width = view.width
    target.height = view.height
    place(target, this.box)
    const context = target.getContext("2d")
    if (!context) return
    this.work = paintAll(brushOf(context, this.model, view, ratio, ink()), this.model)
  }

  private finish(): void {
    if (this.next) {
      this.next.style.opacity = this.canvas.style.opacity
      this.canvas.replaceWith(this.next)
      this.canvas.width = 0
      this.canvas = this.next
      this.next = null
    }
    const { lines } = this.model
    this.note.textContent = noteOf(this.model)
    this.unit.textContent = this.options.unit ?? ""
    this.unit.style.left = `${this.box.left}px`
    const finite = lines.some((each) => each.line.points === 0 || each.line.nan.length + each.line.posinf.length + each.line.neginf.length < each.line.to - each.line.from + 1)
    this.empty.style.display = finite ? "none" : "flex"
    if (!finite) this.empty.textContent = lines.length ? "Only NaN or infinite values" : this.options.grid.lines.length ? "All lines are hidden" : "No points here"
    this.root.setAttribute("aria-label", this.summary())
    this.root.dataset["painted"] = String(Number(this.root.dataset["painted"] ?? 0) + 1)
    this.emphasise(cursor().lineKey, true)
  }

  private follow(now: Cursor, before: Cursor | null): void {
    if (!this.visible || !this.box.width) return
    if (!before || now.lineKey !== before.lineKey) {
      // The chart under the pointer at once; the others when the pointer rests on a line.
      if (now.source === this) this.emphasise(now.lineKey, false)
      else settle(this.over, () => (this.emphasise(cursor().lineKey, false), true))
    }
    const { grid } = this.options
    const at = now.xKind === grid.xKind && !Number.isNaN(now.x) ? this.frameX().map(now.x) * this.box.width : NaN
    if (!(at >= -0.5 && at <= this.box.width + 0.5)) {
      if (this.hair.style.display !== "none") this.hair.style.display = this.dot.style.display = "none"
      return
    }
    this.hair.style.display = "block"
    this.hair.style.transform = `translate(${Math.round(at)}px,0)`
    const held = now.lineKey === null ? undefined : this.model.lines.findLast((each) => each.line.key === now.lineKey)
    const near = held ? pointNear(held.values, bucketAt(grid, now.x), reachOf(this.model, this.box.width)) : -1
    const y = held && near >= 0 ? this.placeY(held.values[near]!) : NaN
    if (!(y >= -4 && y <= this.box.height + 4)) {
      if (this.dot.style.display !== "none") this.dot.style.display = "none"
      return
    }
    this.dot.style.display = "block"
    if (this.dotted !== held!.style.color) this.dot.style.background = this.dotted = held!.style.color
    this.dot.style.transform = `translate(${this.placeX(grid.x[near]!).toFixed(1)}px,${y.toFixed(1)}px)`
  }

  private emphasise(key: string | null, anew: boolean): void {
    if (key === this.shown && !anew) return
    const ratio = devicePixelRatio
    const view = this.view(ratio)
    this.shown = key
    const held = key === null ? [] : this.model.lines.filter((each) => each.line.key === key)
    this.canvas.style.opacity = key === null ? "" : "0.22"
    const shown = held.length ? "block" : "none"
    if (this.over.style.display !== shown) this.over.style.display = shown
    if (!held.length) return
    if (this.over.width !== view.width || this.over.height !== view.height) {
      this.over.width = view.width
      this.over.height = view.height
    } else this.over.getContext("2d")?.clearRect(0, 0, view.width, view.height)
    const context = this.over.getContext("2d")
    if (!context) return
    const brush = brushOf(context, this.model, view, ratio, ink())
    for (const each of held) paintOne(brush, this.model, each, Math.max(2.25, widthOf(this.model, each)))
  }

  frameX(): Scale {
    return this.frame.x
  }

  placeX(value: number): number {
    return this.frame.x.map(value) * this.box.width
  }

  placeY(value: number): number {
    const { slope, base } = yLine(viewOf(this.model, this.box.width, this.box.height))
    return base - (this.model.logY ? Math.log10(value) : value) * slope
  }

  summary(): string {
    return summaryOf(this.model)
  }

  toSVG(): string {
    return svgOf(pictureOfLines(this.model, this.size))
  }

  toPNG(): Promise<Blob> {
    return pngOf(pictureOfLines(this.model, this.size))
  }

  toCSV(): string {
    return csvOfLines(this.model)
  }

  destroy(): void {
    cancel(this)
    cancel(this.over)
    for (const end of this.ends) end()
    this.plot.destroy()
    this.root.replaceChildren()
  }

  private yWidth(): number {
    return Math.ceil(Math.max(18, ...this.frame.yt.map((text) => textWidth(text, ink().font)))) + 12
  }

  private uplotOptions(): uPlot.Options {
    const { frame } = this
    const font = () => `11px ${ink().font}`
    const axis = (side: 2 | 3, which: "x" | "y"): uPlot.Axis => ({
      side,
      scale: which,
      font: font(),
      gap: which === "x" ? 4 : 6,
      size: () => (which === "x" ? 26 : this.yWidth()),
      stroke: () => ink().text3,
      splits: () => (which === "x" ? frame.xs : frame.ys).map((tick) => (which === "x" ? frame.x : frame.y).map(tick)),
      values: () => (which === "x" ? frame.xt : frame.yt),
      filter: (_, splits) => splits,
      grid: { show: which === "y", stroke: () => ink().border, width: 1 },
      ticks: { show: which === "x", size: 4, stroke: () => ink().strong, width: 1 },
      border: { show: which === "x", stroke: () => ink().strong, width: 1 },
    })
    return {
      width: 300,
      height: 150,
      cursor: { show: false },
      legend: { show: false },
      padding: [4, 14, 0, 0],
      scales: { x: { time: false, range: [0, 1] }, y: { range: [0, 1] } },
      axes: [axis(2, "x"), axis(3, "y")],
      series: [{}, { paths: () => null, points: { show: false } }],
    }
  }
}

function layer<K extends "canvas" | "div">(tag: K, style = ""): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag)
  made.style.cssText = `position:absolute;pointer-events:none;${style}`
  return made
}

function place(element: HTMLElement, box: { left: number; top: number; width: number; height: number }): void {
  element.style.left = `${box.left}px`
  element.style.top = `${box.top}px`
  element.style.width = `${box.width}px`
  element.style.height = `${box.height}px`
}
