// One chart of a run: a metric, or several of one kind as lines of their own colours. Nothing is fetched out of sight.
import { Braces, Code2, Link2, SquareTerminal } from "lucide-react"
import { memo, useCallback, useEffect, useRef, useState } from "react"
import { urlOf } from "~/api/client"
import { errorText } from "~/api/errors"
import type { ChartHandle } from "~/charts/export"
import { ChartMenu } from "~/charts/ChartMenu"
import type { GridLine } from "~/charts/grid"
import { Line } from "~/charts/Line"
import { color, hues, type LineStyle } from "~/charts/palette"
import { curl, pyClient, pyText } from "~/copyable"
import { paths } from "~/paths"
import { copyText } from "~/ui/clipboard"
import { count, number } from "~/ui/format"
import { MenuItem } from "~/ui/Menu"
import { usePreferences } from "~/ui/preferences"
import { Skeleton } from "~/ui/Skeleton"
import { toast } from "~/ui/toast"
import { useSeries } from "./series"

export interface PanelProps {
  ws: string
  run: string
  title: string
  metrics: string[]
  /** What lines are called, when there are several. */
  names?: Record<string, string>
  x: string
  smooth: number
  logY: boolean
  range: [number, number] | null
  onRange: (range: [number, number] | null) => void
  unit?: string
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")

export const RunPanel = memo(function RunPanel(props: PanelProps) {
  const { ws, run, title, metrics, names, x, smooth, logY, range, onRange, unit } = props
  const root = useRef<HTMLElement>(null)
  const chart = useRef<ChartHandle>(null)
  const { visible, width } = useSight(root)
  const dark = usePreferences((state) => state.dark)
  const zone = usePreferences((state) => state.zone)
  const { data, error, isPlaceholderData } = useSeries({ ws, run, metrics, x, range, buckets: width > 640 ? 1_000 : 500, visible })
  const several = metrics.length > 1
  const style = useCallback((_: string, line: GridLine): LineStyle => {
    const theme = dark ? "dark" : "light"
    return { color: several ? (hues(theme)[Math.max(0, metrics.indexOf(line.metric)) % 12] ?? "") : color(run, theme), width: 1.5 }
  }, [dark, several, metrics, run])
  const name = useCallback((_: string, line: GridLine) => names?.[line.metric] ?? line.metric, [names])
  const line = data?.lines[0]
  const points = data?.lines.reduce((sum, each) => sum + each.points, 0) ?? 0
  const odd = data?.lines.reduce((sum, each) => sum + each.nan.length + each.posinf.length + each.neginf.length, 0) ?? 0
  const copy = (text: string, what: string): void => void copyText(text).then(() => toast(`${what} copied`))
  const first = metrics[0] ?? ""
  return (
    <section ref={root} aria-label={title} className="group/panel flex h-60 min-w-0 flex-col rounded-panel border bg-surface">
      <header className="flex h-8 shrink-0 items-center gap-2 pr-1 pl-2.5">
        <h3 dir="auto" title={title} className="m-0 min-w-0 truncate text-dense font-medium">{title}</h3>
        {odd > 0 ? <span className="shrink-0 text-[11px] text-bad" title="NaN and infinite values are marked on the chart">not finite at {count(odd)}</span> : null}
        <span className="ml-auto shrink-0 opacity-0 group-focus-within/panel:opacity-100 group-hover/panel:opacity-100 has-data-popup-open:opacity-100">
          <ChartMenu chart={chart} onError={(failed) => toast(errorText(failed), { bad: true })}>
            <MenuItem icon={<Link2 size={14} />} onSelect={() => copy(`${location.origin}${paths.run(ws, run, "charts")}?panels=${encodeURIComponent(`^${escaped(first)}$`)}`, "Link")}>Copy link</MenuItem>
            <MenuItem icon={<Code2 size={14} />} onSelect={() => copy(`${pyClient(ws)}\npoints = client.series.history(${pyText(run)}, ${pyText(first)})`, "Python")}>Copy as Python</MenuItem>
            <MenuItem icon={<SquareTerminal size={14} />} onSelect={() => copy(curl(urlOf("series_history", { run_id: run, key: first }), { ws }), "curl command")}>Copy as curl</MenuItem>
            <MenuItem icon={<Braces size={14} />} onSelect={() => copy(first, "Metric key")}>Copy metric key</MenuItem>
          </ChartMenu>
        </span>
      </header>
      <div className="relative min-h-0 flex-1 px-1 pb-1">
        {error && !data ? <p role="alert" className="m-0 p-3 text-dense text-bad">{errorText(error)}</p> : null}
        {!data && !error ? <Skeleton className="m-1.5 h-[calc(100%-12px)]" /> : null}
        {data && visible ? (
          points === 1 && line && !several
            ? <Single line={line} />
            : <Line ref={chart} grid={data} title={title} style={style} name={name} smooth={{ kind: smooth > 0 ? "ema" : "none", weight: smooth }} logY={logY} band={!several} range={range} onZoom={onRange} {...(zone === "utc" ? { zone: "UTC" } : {})} {...(unit ? { unit } : {})} />
        ) : null}
        {data && points === 0 && !isPlaceholderData ? <p className="absolute inset-0 m-0 flex items-center justify-center text-dense text-text-3">No points {range ? "in this range" : ""}</p> : null}
      </div>
      {several && data ? (
        <footer className="flex shrink-0 flex-wrap gap-x-3 gap-y-0.5 px-2.5 pb-1.5 text-[11px] text-text-2">
          {metrics.slice(0, 8).map((metric, at) => <span key={metric} className="inline-flex min-w-0 items-center gap-1"><span aria-hidden className="h-0.5 w-3 rounded-full" style={{ background: hues(dark ? "dark" : "light")[at % 12] }} /><span className="truncate">{names?.[metric] ?? metric}</span></span>)}
        </footer>
      ) : null}
    </section>
  )
})

function Single({ line }: { line: GridLine }) {
  const value = line.posinf.length > 0 ? Infinity : line.neginf.length > 0 ? -Infinity : (line.mean[line.from] ?? NaN)
  return (
    <div className="flex h-full flex-col items-center justify-center gap-1">
      <span className="font-mono text-page font-medium">{number(value)}</span>
      <span className="text-dense text-text-3">one point</span>
    </div>
  )
}

/** Whether an element is near the view, and how wide it is. */
function useSight(root: React.RefObject<HTMLElement | null>): { visible: boolean; width: number } {
  const [state, setState] = useState({ visible: false, width: 400 })
  useEffect(() => {
    const element = root.current
    if (!element) return
    const watch = new IntersectionObserver((entries) => {
      const entry = entries.at(-1) // a busy page hears several at once; the last is how it is
      if (entry) setState({ visible: entry.isIntersecting, width: entry.boundingClientRect.width })
    }, { rootMargin: "300px" })
    watch.observe(element)
    return () => watch.disconnect()
  }, [root])
  return state
}
