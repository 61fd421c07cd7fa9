import { type Ref, useEffect, useImperativeHandle, useRef } from "react"
import "uplot/dist/uPlot.min.css"
import type { ChartHandle } from "~/charts/export"
import { LineChart } from "~/charts/line"
import type { LineOptions } from "~/charts/lineModel"
import { listen } from "~/charts/linePointer"

export interface LineProps extends LineOptions {
  ref?: Ref<ChartHandle>
  className?: string
}

/**
 * A line chart on the server's bucket grid; fills its parent, which must have a height.
 *
 *     const frame = useMemo(() => seriesFrame(header, columns), [answer])
 *     const style = useCallback((key) => ({ ...styleOf(looks.get(key), theme), hidden: eyes.has(key) }), [looks, theme, eyes])
 *     <Line ref={chart} grid={frame} title="train/loss" style={style} smooth={{ kind: "ema", weight: 0.6 }} band logY
 *           range={zoom} onZoom={setZoom} baseline={runId} name={(key) => names.get(key)} />
 *
 * Keep `grid`, `style`, `name` stable: a new `style` repaints lines, a new `grid` (or any other option) the whole chart.
 * A drag calls `onZoom([from, to])`, a double click `onZoom(null)`; hand the range back in `range` at once (the chart
 * magnifies what it has) and the finer grid when it arrives. Crosshair and hovered run are shared by `bus.ts`.
 * Arrow keys move the crosshair (Shift: far) and choose a line; Escape leaves. `ref` gives SVG, PNG, CSV and summary.
 */
export function Line({ ref, className, ...options }: LineProps) {
  const root = useRef<HTMLDivElement>(null)
  const chart = useRef<LineChart>(null)
  const latest = useRef(options)

  useEffect(() => {
    const made = new LineChart(root.current!, latest.current)
    chart.current = made
    const stop = listen(made)
    return () => {
      stop()
      made.destroy()
      chart.current = null
    }
  }, [])
  useEffect(() => {
    latest.current = options
    chart.current?.set(options)
  })
  useImperativeHandle(ref, () => ({
    get title() {
      return latest.current.title
    },
    summary: () => chart.current?.summary() ?? "",
    toSVG: () => chart.current!.toSVG(),
    toPNG: () => chart.current!.toPNG(),
    toCSV: () => chart.current!.toCSV(),
  }), [])

  return (
    <div
      ref={root}
      role="img"
      aria-label={options.title}
      tabIndex={0}
      className={className}
      style={{ position: "relative", width: "100%", height: "100%", minHeight: 80, overflow: "hidden", touchAction: "pan-y", contain: "strict" }}
    />
  )
}
