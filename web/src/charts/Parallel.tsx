import { type Ref, useEffect, useMemo, useRef, useState } from "react"
import type { ChartHandle } from "~/charts/export"
import { type Brushes, type ParallelAxis, ready } from "~/charts/parallelModel"
import { Held, parallelSpec, SIDE } from "~/charts/parallelSpec"
import { PlotView } from "~/charts/PlotView"

export interface ParallelProps {
  ref?: Ref<ChartHandle>
  title: string
  /** The runs; each axis has a value for each. */
  ids: readonly string[]
  axes: readonly ParallelAxis[]
  /** The key of the axis that colours the lines; the last one when absent. */
  colorBy?: string
  name?: (id: string) => string
  brushes?: Brushes
  /** Told the runs that pass (null for all) while a brush is drawn, and the brushes. */
  onBrush?: (ids: string[] | null, brushes: Brushes) => void
  /** Told the axes in their new order or direction; without it the chart keeps that to itself. */
  onAxes?: (axes: ParallelAxis[]) => void
  onPick?: (id: string) => void
}

/**
 * Parallel coordinates: drag along an axis to brush it, double-click it to clear; click a heading to flip its axis, drag
 * it (or press Alt and an arrow key) to move it.
 */
export function Parallel({ ref, title, ids, axes, colorBy, name, brushes, onBrush, onAxes, onPick }: ParallelProps) {
  const [own, setOwn] = useState<readonly ParallelAxis[]>(axes)
  const [given, setGiven] = useState(axes)
  if (given !== axes) {
    setGiven(axes)
    setOwn(axes)
  }
  // Brushes change with every move of the pointer; they are kept outside of React.
  const [held] = useState(() => new Held(brushes ?? {}))
  useEffect(() => {
    if (brushes && brushes !== held.brushes) held.set(brushes)
  }, [brushes, held])
  const prepared = useMemo(() => own.map(ready), [own])
  const spec = useMemo(
    () => parallelSpec({ title, ids, axes: prepared, colorBy, name, held, onBrush, onPick }),
    [title, ids, prepared, colorBy, name, held, onBrush, onPick],
  )
  const change = (next: ParallelAxis[]) => {
    setOwn(next)
    onAxes?.(next)
  }
  const flip = (key: string) => {
    const range = held.brushes[key]
    if (range) held.set({ ...held.brushes, [key]: [1 - range[1], 1 - range[0]] })
    change(own.map((axis) => (axis.key === key ? { ...axis, flip: !axis.flip } : axis)))
  }
  const move = (from: number, to: number) => {
    const next = [...own]
    const [taken] = next.splice(from, 1)
    if (!taken) return
    next.splice(Math.max(0, Math.min(next.length, to)), 0, taken)
    change(next)
  }
  return (
    <div style={{ display: "flex", flexDirection: "column", width: "100%", height: "100%" }}>
      <Headings axes={own} flip={flip} move={move} />
      <div style={{ flex: 1, minHeight: 0 }}>
        <PlotView ref={ref} spec={spec} />
      </div>
    </div>
  )
}

function Headings({ axes, flip, move }: { axes: readonly ParallelAxis[]; flip: (key: string) => void; move: (from: number, to: number) => void }) {
  const row = useRef<HTMLDivElement>(null)
  const drag = useRef<{ from: number; x: number; moved: boolean } | null>(null)
  const share = (at: number) => (axes.length > 1 ? at / (axes.length - 1) : 0.5)
  const target = (x: number) => {
    const rect = row.current!.getBoundingClientRect()
    return Math.round(((x - rect.left - SIDE) / (rect.width - 2 * SIDE)) * (axes.length - 1))
  }
  return (
    <div ref={row} style={{ position: "relative", height: 24, margin: "0", flex: "none" }}>
      {axes.map((axis, at) => (
        <button
          key={axis.key}
          type="button"
          title={`${axis.label}: click to flip, drag to move`}
          aria-label={`${axis.label}, axis ${at + 1} of ${axes.length}${axis.flip ? ", flipped" : ""}`}
          onClick={() => {
            if (!drag.current?.moved) flip(axis.key)
            drag.current = null
          }}
          onKeyDown={(event) => {
            if (!event.altKey || (event.key !== "ArrowLeft" && event.key !== "ArrowRight")) return
            event.preventDefault()
            move(at, at + (event.key === "ArrowLeft" ? -1 : 1))
          }}
          onPointerDown={(event) => {
            drag.current = { from: at, x: event.clientX, moved: false }
            event.currentTarget.setPointerCapture(event.pointerId)
          }}
          onPointerMove={(event) => {
            if (!drag.current || Math.abs(event.clientX - drag.current.x) < 5) return
            drag.current.moved = true
            event.currentTarget.style.translate = `${event.clientX - drag.current.x}px 0`
          }}
          onPointerUp={(event) => {
            event.currentTarget.style.translate = ""
            if (drag.current?.moved) move(at, target(event.clientX))
          }}
          style={{
            position: "absolute", top: 2, left: `calc(${SIDE}px + (100% - ${2 * SIDE}px) * ${share(at)})`, transform: "translateX(-50%)", maxWidth: `calc((100% - ${2 * SIDE}px) / ${Math.max(1, axes.length - 1)} - 8px)`,
            overflow: "hidden", textOverflow: "ellipsis", whiteSpace: "nowrap", border: 0, background: "none", padding: "0 4px", borderRadius: 4,
            font: "500 12px/20px var(--font-sans)", color: "var(--text-2)", cursor: "grab", touchAction: "none",
          }}
        >
          {axis.label}{axis.log ? " (log)" : ""}{axis.flip ? " ↓" : ""}
        </button>
      ))}
    </div>
  )
}
