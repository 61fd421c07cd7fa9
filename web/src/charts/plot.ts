/**
 * The controller of every chart that is not of lines over x: a canvas drawn by a pure function, a second one for what
 * is emphasised, pointer, tooltip and export. Knows no React.
 */
import { clear, type Cursor, cursor, onCursor, publish } from "~/charts/bus"
import { type ChartHandle, pngOf, svgOf } from "~/charts/export"
import { cancel, onSize, onView, schedule } from "~/charts/schedule"
import { CanvasSurface, type Surface } from "~/charts/surface"
import { ink, type Ink, onInk } from "~/charts/theme"
import { hideTip, say, showTip, type Tip } from "~/charts/tooltip"

export interface Hit {
  /** The run that it belongs to; null for marks of many. */
  key: string | null
  /** What it is among the chart's marks. */
  at: number
  tip: Tip
}

export interface Drag {
  /** The places the pointer went through, in CSS pixels. */
  path: { x: number; y: number }[]
  width: number
  height: number
  /** The pointer was let go. */
  done: boolean
}

export interface PlotSpec {
  title: string
  summary: () => string
  csv: () => string
  /** Draw all; a generator may yield between portions of much work. */
  draw: (surface: Surface, ink: Ink, width: number, height: number) => Generator<undefined, void> | void
  /** Draw what belongs to a hovered run above the dimmed rest; false when there is nothing. */
  over?: (surface: Surface, ink: Ink, width: number, height: number, key: string) => boolean
  hit?: (x: number, y: number, width: number, height: number) => Hit | null
  /** The marks in the order in which arrow keys go through them. */
  marks?: (width: number, height: number) => { x: number; y: number; hit: Hit }[]
  onPick?: (hit: Hit) => void
  /** Takes part in drags that begin at a place; draws its trail on the surface. */
  onDrag?: (drag: Drag, trail: Surface, ink: Ink) => void
  canDrag?: (x: number, y: number, width: number, height: number) => boolean
  onDouble?: (x: number, y: number, width: number, height: number) => void
  /** Given a function that draws all anew. */
  attach?: (repaint: () => void) => void
}

export class Plot implements ChartHandle {
  readonly root: HTMLElement
  spec: PlotSpec
  width = 0
  height = 0
  private visible = false
  private stale = true
  private work: Generator<undefined, void> | null = null
  private readonly base: HTMLCanvasElement
  private readonly top: HTMLCanvasElement
  private shown: string | null = null
  private drag: Drag | null = null
  private last: PointerEvent | null = null
  private waiting = false
  private held = -1
  private readonly ends: (() => void)[]

  constructor(root: HTMLElement, spec: PlotSpec) {
    this.root = root
    this.spec = spec
    spec.attach?.(() => this.dirty())
    this.base = canvas()
    this.top = canvas()
    root.append(this.base, this.top)
    const handlers: Record<string, (event: never) => void> = {
      pointermove: (event: PointerEvent) => this.move(event),
      pointerleave: () => {
        this.last = null
        if (!this.drag) this.leave()
      },
      pointerdown: (event: PointerEvent) => this.down(event),
      pointerup: (event: PointerEvent) => this.up(event),
      pointercancel: () => this.stop(),
      dblclick: (event: MouseEvent) => {
        const { x, y } = this.inside(event)
        this.spec.onDouble?.(x, y, this.width, this.height)
      },
      keydown: (event: KeyboardEvent) => {
        if (this.key(event)) event.preventDefault()
      },
      blur: () => this.leave(),
    }
    for (const [name, handler] of Object.entries(handlers)) root.addEventListener(name, handler as EventListener)
    this.ends = [
      () => {
        for (const [name, handler] of Object.entries(handlers)) root.removeEventListener(name, handler as EventListener)
      },
      onSize(root, (width, height) => {
        this.width = Math.floor(width)
        this.height = Math.floor(height)
        this.dirty()
      }),
      onView(root, (visible) => {
        this.visible = visible
        if (visible) this.dirty()
      }),
      onInk(() => this.dirty()),
      onCursor((now, before) => this.follow(now, before)),
    ]
  }

  get title(): string {
    return this.spec.title
  }

  set(spec: PlotSpec): void {
    this.spec = spec
    spec.attach?.(() => this.dirty())
    this.dirty()
  }

  dirty(): void {
    this.stale = true
    this.work = null
    if (this.visible) schedule(this, (deadline) => this.paint(deadline))
  }

  private surface(target: HTMLCanvasElement): CanvasSurface {
    const ratio = devicePixelRatio
    target.width = Math.round(this.width * ratio)
    target.height = Math.round(this.height * ratio)
    const context = target.getContext("2d")!
    context.scale(ratio, ratio)
    return new CanvasSurface(context, ink().font)
  }

  private paint(deadline: number): boolean {
    if (!this.visible || this.width < 20 || this.height < 20) return true
    if (this.stale) {
      this.stale = false
      this.work = this.spec.draw(this.surface(this.base), ink(), this.width, this.height) ?? null
    }
    while (this.work) {
      if (this.work.next().done) this.work = null
      else if (performance.now() >= deadline) return false
    }
    this.emphasise(cursor().lineKey, true)
    return true
  }

  private follow(now: Cursor, before: Cursor): void {
    if (this.visible && !this.drag && now.lineKey !== before.lineKey) this.emphasise(now.lineKey, false)
  }

  private emphasise(key: string | null, anew: boolean): void {
    if (this.drag || !this.spec.over || (key === this.shown && !anew) || this.width < 20) return
    this.shown = key
    const surface = this.surface(this.top)
    const drawn = key !== null && this.spec.over(surface, ink(), this.width, this.height, key)
    this.base.style.opacity = drawn ? "0.35" : ""
  }

  private inside(event: MouseEvent): { x: number; y: number } {
    const rect = this.root.getBoundingClientRect()
    return { x: event.clientX - rect.left, y: event.clientY - rect.top }
  }

  private move(event: PointerEvent): void {
    this.last = event
    if (this.waiting) return
    this.waiting = true
    requestAnimationFrame(() => {
      this.waiting = false
      if (!this.last) return
      const { x, y } = this.inside(this.last)
      if (this.drag) {
        this.drag.path.push({ x, y })
        if (this.drag.path.length > 2) this.trail()
        return
      }
      const hit = this.spec.hit?.(x, y, this.width, this.height) ?? null
      this.root.style.cursor = hit && this.spec.onPick ? "pointer" : this.spec.canDrag?.(x, y, this.width, this.height) ? "crosshair" : "default"
      if (hit) this.tell(hit, this.last.clientX, this.last.clientY)
      else this.leave()
    })
  }

  private tell(hit: Hit, left: number, top: number): void {
    this.held = hit.at
    publish({ x: NaN, xKind: "", lineKey: hit.key, source: this })
    showTip(this, left, top, hit.tip)
  }

  private leave(): void {
    clear(this)
    hideTip(this)
  }

  private down(event: PointerEvent): void {
    const { x, y } = this.inside(event)
    if (event.button !== 0 || event.pointerType === "touch") return
    const free = this.spec.onDrag && (this.spec.canDrag?.(x, y, this.width, this.height) ?? true)
    this.drag = { path: [{ x, y }], width: this.width, height: this.height, done: false }
    if (!free) this.drag.path.length = 0
    this.root.setPointerCapture(event.pointerId)
  }

  private up(event: PointerEvent): void {
    const { drag } = this
    if (!drag) return
    const at = this.inside(event)
    const first = drag.path[0]
    const far = first && Math.hypot(at.x - first.x, at.y - first.y) > 4
    if (drag.path.length > 2 || far) {
      if (first) {
        drag.path.push(at)
        drag.done = true
        this.trail()
      }
    } else {
      const hit = this.spec.hit?.(at.x, at.y, this.width, this.height)
      if (hit) this.spec.onPick?.(hit)
    }
    this.stop()
  }

  private trail(): void {
    if (this.drag?.path[0]) this.spec.onDrag?.(this.drag, this.surface(this.top), ink())
  }

  private stop(): void {
    this.drag = null
    this.surface(this.top)
    this.emphasise(cursor().lineKey, true)
  }

  private key(event: KeyboardEvent): boolean {
    if (event.altKey || event.ctrlKey || event.metaKey) return false
    if (event.key === "Escape") {
      const was = cursor().source === this
      this.leave()
      return was
    }
    const way = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key]
    const marks = way !== undefined || event.key === "Enter" ? (this.spec.marks?.(this.width, this.height) ?? []) : []
    if (!marks.length) return false
    const now = marks.findIndex((mark) => mark.hit.at === this.held)
    if (event.key === "Enter") {
      if (now >= 0) this.spec.onPick?.(marks[now]!.hit)
      return now >= 0
    }
    const next = marks[Math.max(0, Math.min(marks.length - 1, now + way!))]!
    const rect = this.root.getBoundingClientRect()
    this.tell(next.hit, rect.left + next.x, rect.top + next.y)
    say([next.hit.tip.title, ...next.hit.tip.rows.map((row) => `${row.name} ${row.value}`)].filter(Boolean).join(", "))
    return true
  }

  private picture() {
    return {
      title: this.spec.title,
      width: Math.max(320, this.width),
      height: Math.max(160, this.height),
      draw: (surface: Surface, colors: Ink) => {
        const work = this.spec.draw(surface, colors, Math.max(320, this.width), Math.max(160, this.height))
        while (work && !work.next().done);
      },
    }
  }

  summary(): string {
    return this.spec.summary()
  }

  toSVG(): string {
    return svgOf(this.picture())
  }

  toPNG(): Promise<Blob> {
    return pngOf(this.picture())
  }

  toCSV(): string {
    return this.spec.csv()
  }

  destroy(): void {
    cancel(this)
    for (const end of this.ends) end()
    this.leave()
    this.base.remove()
    this.top.remove()
  }
}

function canvas(): HTMLCanvasElement {
  const made = document.createElement("canvas")
  made.style.cssText = "position:absolute;inset:0;width:100%;height:100%;pointer-events:none"
  return made
}
