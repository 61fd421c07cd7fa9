import { type Ref, useEffect, useImperativeHandle, useRef } from "react"
import type { ChartHandle } from "~/charts/export"
import { Plot, type PlotSpec } from "~/charts/plot"

/** The element of a chart of `plot.ts`; fills its parent. Repaints whenever it is rendered with another `spec`. */
export function PlotView({ spec, ref, className }: { spec: PlotSpec; ref?: Ref<ChartHandle>; className?: string }) {
  const root = useRef<HTMLDivElement>(null)
  const plot = useRef<Plot>(null)
  const latest = useRef(spec)
  useEffect(() => {
    const made = new Plot(root.current!, latest.current)
    plot.current = made
    return () => {
      made.destroy()
      plot.current = null
    }
  }, [])
  useEffect(() => {
    latest.current = spec
    if (plot.current?.spec !== spec) plot.current?.set(spec)
  }, [spec])
  useImperativeHandle(ref, () => ({
    get title() {
      return latest.current.title
    },
    summary: () => latest.current.summary(),
    toSVG: () => plot.current!.toSVG(),
    toPNG: () => plot.current!.toPNG(),
    toCSV: () => latest.current.csv(),
  }), [])
  return (
    <div
      ref={root}
      role="img"
      aria-label={spec.summary()}
      tabIndex={0}
      className={className}
      style={{ position: "relative", width: "100%", height: "100%", minHeight: 40, overflow: "hidden", touchAction: "pan-y" }}
    />
  )
}
