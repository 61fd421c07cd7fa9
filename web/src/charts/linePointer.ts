/** Pointer and keyboard on a line chart: crosshair, tooltip, drag to zoom. Touches the DOM and the bus, never React. */
import { clear, cursor, publish } from "~/charts/bus"
import { delta, number } from "~/charts/format"
import { bucketAt, pointNear } from "~/charts/grid"
import type { LineChart } from "~/charts/line"
import { type Drawn, invertX, nameOf, nearest, reachOf, viewOf, xText } from "~/charts/lineModel"
import { hideTip, say, showTip, type TipRow } from "~/charts/tooltip"

const ROWS = 12

/** Listen on the chart's root; answers how to stop. */
export function listen(chart: LineChart): () => void {
  const { root } = chart
  const select = document.createElement("div")
  select.style.cssText =
    "position:absolute;display:none;pointer-events:none;background:var(--accent);opacity:.14;border-inline:1px solid var(--accent)"
  root.append(select)
  let drag: { from: number; moved: boolean; pointer: number } | null = null
  let last: PointerEvent | null = null
  let waiting = false

  const inside = (event: PointerEvent | MouseEvent) => {
    const rect = root.getBoundingClientRect()
    return { x: event.clientX - rect.left - chart.box.left, y: event.clientY - rect.top - chart.box.top }
  }

  const move = () => {
    waiting = false
    if (!last || !chart.box.width) return
    const at = inside(last)
    const { width, height } = chart.box
    if (drag) {
      drag.moved ||= Math.abs(at.x - drag.from) > 4
      const [a, b] = [Math.max(0, Math.min(drag.from, at.x)), Math.min(width, Math.max(drag.from, at.x))]
      select.style.display = drag.moved && chart.options.onZoom ? "block" : "none"
      select.style.left = `${chart.box.left + a}px`
      select.style.width = `${Math.max(0, b - a)}px`
      select.style.top = `${chart.box.top}px`
      select.style.height = `${height}px`
    }
    if (at.x < -6 || at.x > width + 6 || at.y < -16 || at.y > height + 24) {
      leave()
      return
    }
    const view = viewOf(chart.model, width, height)
    const x = invertX(view, Math.max(0, Math.min(width, at.x)))
    const near = drag?.moved ? null : nearest(chart.model, view, at.x, at.y)
    publish({ x, xKind: chart.options.grid.xKind, lineKey: near?.line.key ?? null, source: chart })
    root.style.cursor = near && chart.options.onPick ? "pointer" : "crosshair"
    tell(chart, x, near, last.clientX, last.clientY)
  }

  const leave = () => {
    clear(chart)
    hideTip(chart)
  }

  const on = {
    pointermove: (event: PointerEvent) => {
      last = event
      if (waiting) return
      waiting = true
      requestAnimationFrame(move)
    },
    pointerleave: () => {
      last = null
      if (!drag) leave()
    },
    pointerdown: (event: PointerEvent) => {
      if (event.button !== 0 || event.pointerType === "touch") return
      drag = { from: inside(event).x, moved: false, pointer: event.pointerId }
      root.setPointerCapture(event.pointerId)
    },
    pointerup: (event: PointerEvent) => {
      if (!drag) return
      const { from, moved } = drag
      const to = inside(event).x
      end()
      const view = viewOf(chart.model, chart.box.width, chart.box.height)
      if (moved) {
        const [a, b] = [from, to].map((each) => invertX(view, Math.max(0, Math.min(chart.box.width, each)))).sort((one, two) => one - two)
        if (Math.abs(to - from) > 4 && b! > a!) chart.options.onZoom?.([a!, b!])
        return
      }
      const key = cursor().source === chart ? cursor().lineKey : null
      if (key !== null) chart.options.onPick?.(key)
    },
    pointercancel: () => end(),
    dblclick: () => chart.options.onZoom?.(null),
    keydown: (event: KeyboardEvent) => {
      if (event.key === "Escape" && drag) end()
      else if (key(chart, event)) event.preventDefault()
    },
    blur: leave,
  }

  const end = () => {
    if (drag && root.hasPointerCapture(drag.pointer)) root.releasePointerCapture(drag.pointer)
    drag = null
    select.style.display = "none"
  }

  for (const [name, handler] of Object.entries(on)) root.addEventListener(name, handler as EventListener)
  return () => {
    for (const [name, handler] of Object.entries(on)) root.removeEventListener(name, handler as EventListener)
    leave()
    select.remove()
  }
}

/** Arrow keys move the crosshair and choose the line; answers whether the key was taken. */
function key(chart: LineChart, event: KeyboardEvent): boolean {
  const { grid } = chart.options
  const { part, lines } = chart.model
  if (event.altKey || event.ctrlKey || event.metaKey || !lines.length) return false
  const now = cursor()
  if (event.key === "Escape") {
    if (now.source !== chart) return false
    clear(chart)
    hideTip(chart)
    return true
  }
  if (!["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"].includes(event.key)) return false
  const here = now.source === chart && now.xKind === grid.xKind ? bucketAt(grid, now.x) : Math.floor((part[0] + part[1]) / 2)
  const stride = event.shiftKey ? Math.max(1, Math.round((part[1] - part[0]) / 20)) : 1
  let at = here
  if (event.key === "ArrowLeft") at = filled(lines, here - stride, -1)
  if (event.key === "ArrowRight") at = filled(lines, here + stride, 1)
  if (event.key === "Home") at = part[0]
  if (event.key === "End") at = part[1]
  at = Math.max(part[0], Math.min(part[1], at))
  const reach = reachOf(chart.model, chart.box.width)
  let held = lines.find((each) => each.line.key === now.lineKey) ?? null
  if (event.key === "ArrowUp" || event.key === "ArrowDown" || !held) {
    const ranked = lines
      .map((each) => ({ each, value: valueAt(each, at, reach) }))
      .filter((each) => !Number.isNaN(each.value))
      .sort((a, b) => b.value - a.value)
    const place = ranked.findIndex(({ each }) => each === held)
    const next = place < 0 ? 0 : place + (event.key === "ArrowUp" ? -1 : event.key === "ArrowDown" ? 1 : 0)
    held = ranked[Math.max(0, Math.min(ranked.length - 1, next))]?.each ?? null
  }
  const x = grid.x[at]!
  publish({ x, xKind: grid.xKind, lineKey: held?.line.key ?? null, source: chart })
  const value = held ? valueAt(held, at, reach) : NaN
  const y = Number.isFinite(value) ? chart.placeY(value) : 0
  const rect = chart.root.getBoundingClientRect()
  tell(chart, x, held, rect.left + chart.box.left + chart.placeX(x), rect.top + chart.box.top + y)
  say(held ? `${xText(chart.options, at)}: ${nameOf(chart.options, held.line)} ${number(value)}` : xText(chart.options, at))
  return true
}

function filled(lines: readonly Drawn[], from: number, way: 1 | -1): number {
  const end = lines[0]!.values.length
  for (let at = from; at >= 0 && at < end; at += way) {
    if (lines.some((each) => !Number.isNaN(each.values[at]!))) return at
  }
  return from
}

function valueAt(each: Drawn, at: number, reach: number): number {
  const near = pointNear(each.values, at, reach)
  return near < 0 ? NaN : each.values[near]!
}

function tell(chart: LineChart, x: number, held: Drawn | null, left: number, top: number): void {
  const { options, model } = chart
  const at = bucketAt(options.grid, x)
  const reach = reachOf(model, chart.box.width)
  const base = options.baseline == null ? undefined : model.lines.findLast((each) => each.line.key === options.baseline)
  const reference = base ? valueAt(base, at, reach) : NaN
  const found: { each: Drawn; value: number }[] = []
  for (const each of model.lines) {
    const value = valueAt(each, at, reach)
    if (!Number.isNaN(value)) found.push({ each, value })
  }
  found.sort((a, b) => b.value - a.value)
  let top12 = found.slice(0, ROWS)
  const must = found.filter(({ each }) => each === held || each === base)
  const absent = must.filter((each) => !top12.includes(each))
  if (absent.length) top12 = [...top12.slice(0, ROWS - absent.length), ...absent].sort((a, b) => b.value - a.value)
  const several = new Set(model.lines.map((each) => each.line.metric)).size > 1
  const rows = top12.map(({ each, value }): TipRow => {
    const name = nameOf(options, each.line)
    return {
      color: each.style.color,
      dash: Boolean(each.style.dash?.length),
      name: several ? `${name} · ${each.line.metric}` : name,
      value: number(value),
      extra: base && each !== base && Number.isFinite(reference) ? delta(value - reference) : base === each ? "baseline" : "",
      strong: each === held,
    }
  })
  const notes: string[] = []
  if (found.length > rows.length) notes.push(`${rows.length} of ${found.length} lines`)
  if (held && !held.line.exact) {
    const near = pointNear(held.line.mean, at, reach)
    const low = held.line.low ?? held.line.min
    const high = held.line.high ?? held.line.max
    if (near >= 0 && low[near] !== high[near]) notes.push(`${number(low[near]!)} to ${number(high[near]!)}`)
  }
  showTip(chart, left, top, { title: xText(options, at), rows, note: notes.join(" · ") })
}
