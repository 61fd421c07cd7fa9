// One metric of all drawn runs. The panel exists while it is near the view (see ChartGrid); its chart is painted by uPlot.
import { LoaderCircle, Maximize2, Timer, TriangleAlert } from "lucide-react"
import { memo, useDeferredValue, useLayoutEffect, useMemo, useRef, useState } from "react"
import type { ChartHandle } from "~/charts/export"
import { Line } from "~/charts/Line"
import { Button } from "~/ui/Button"
import { cn } from "~/ui/cn"
import { count, duration } from "~/ui/format"
import { IconButton } from "~/ui/IconButton"
import { usePreferences } from "~/ui/preferences"
import { Skeleton } from "~/ui/Skeleton"
import { useFocus } from "./focus"
import { kept, nature } from "./frames"
import type { Effective } from "./options"
import { PanelMenu } from "./PanelMenu"
import { SinglePoints } from "./SinglePoints"
import { useSceneNow } from "./scene"
import { change, useView } from "./store"
import { bucketsFor, useLineLooks, useLoader, usePanelOptions, useRange, useSeries } from "./usePanel"
import type { Loaded } from "./loader"

const SLOW_MS = 700

export interface PanelProps {
  metric: string
  section: string
  width: number
  /** Whole at once; else its name first, so that a search shows what it found as fast as it is typed. */
  eager: boolean
}

export const Panel = memo(function Panel({ metric, section, width, eager }: PanelProps) {
  const whole = useDeferredValue(true, eager)
  // Buttons and menu are made for the panel under the pointer alone: a screen has dozens of panels.
  const [hot, setHot] = useState(false)
  const short = section !== "metrics" && metric.startsWith(`${section}/`) ? metric.slice(section.length + 1) : metric
  return (
    <section aria-label={metric} data-panel={metric} onPointerEnter={() => setHot(true)} onFocus={() => setHot(true)} className="group/panel relative flex h-full min-w-0 flex-col rounded-panel border bg-surface">
      {whole ? <Inside metric={metric} short={short} width={width} hot={hot} /> : <header className="flex h-7 shrink-0 items-center gap-1 pr-1 pl-2.5"><Title metric={metric} short={short} /></header>}
    </section>
  )
})

function Title({ metric, short }: { metric: string; short: string }) {
  return <h3 title={metric} className="m-0 min-w-0 truncate text-dense font-medium">{short}</h3>
}

function Inside({ metric, short, width, hot }: { metric: string; short: string; width: number; hot: boolean }) {
  const scene = useSceneNow()
  const options = usePanelOptions(metric)
  const own = useView((view) => view.each[metric] !== undefined)
  const chart = useRef<ChartHandle>(null)
  const loaded = useSeries(metric, metric, options, bucketsFor(width, scene.fetched.length))
  return (
    <>
      <header className="flex h-7 shrink-0 items-center gap-1 pr-1 pl-2.5">
        <Title metric={metric} short={short} />
        {own ? <span className="size-1.5 shrink-0 rounded-full bg-accent" title="Has settings of its own" /> : null}
        <Badges loaded={loaded} metric={metric} />
        <span className="ml-auto flex shrink-0 opacity-0 group-focus-within/panel:opacity-100 group-hover/panel:opacity-100 has-data-popup-open:opacity-100">
          {hot ? (
            <>
              <IconButton small label="Full screen" onClick={() => change({ full: metric }, "")}><Maximize2 size={13} /></IconButton>
              <PanelMenu metric={metric} chart={chart} loaded={loaded} />
            </>
          ) : null}
        </span>
      </header>
      <PanelBody metric={metric} options={options} loaded={loaded} chart={chart} />
    </>
  )
}

function Badges({ loaded, metric }: { loaded: Loaded; metric: string }) {
  const scene = useSceneNow()
  const { frame } = loaded
  const lines = frame && !scene.groupOf ? frame.lines.filter((line) => scene.looks.has(line.key) && scene.drawn.has(scene.rows.rowOf(line.key))).length : 0
  return (
    <span className="flex min-w-0 shrink-0 items-center gap-1.5 text-[11px] text-text-3">
      {frame && !scene.groupOf && lines < scene.drawn.size ? <span title={`${count(lines)} of the ${count(scene.drawn.size)} drawn runs have ${metric}; the menu tells why others are missing`}>{count(lines)}/{count(scene.drawn.size)}</span> : null}
      {loaded.took > SLOW_MS && !loaded.loading ? <span className="inline-flex items-center gap-0.5 text-warn" title={`This query took ${duration(loaded.took)}, ${duration(loaded.server)} of it in the server`}><Timer size={11} />{duration(loaded.took)}</span> : null}
      {loaded.loading && frame ? <LoaderCircle size={12} className="animate-spin" aria-label="Loading" /> : null}
      {loaded.error && frame ? <span title={loaded.error}><TriangleAlert size={12} className="text-warn" aria-label="Could not be brought up to date" /></span> : null}
    </span>
  )
}

export interface PanelBodyProps {
  metric: string
  options: Effective
  loaded: Loaded & { retry: () => void }
  chart: React.RefObject<ChartHandle | null>
  /** Lines that are shown here; all without it. */
  keep?: ((key: string) => boolean) | undefined
  yRange?: readonly [number, number] | undefined
}

export function PanelBody({ metric, options, loaded, chart, keep, yRange }: PanelBodyProps) {
  const scene = useSceneNow()
  const zone = usePreferences((state) => state.zone)
  const range = useRange(options.x)
  const shared = useView((view) => view.x === options.x)
  const { style, name } = useLineLooks()
  const loader = useLoader()
  const { frame, error, loading } = loaded
  const part = useMemo(() => (frame && keep ? kept(frame, keep) : frame), [frame, keep])
  if (scene.drawn.size === 0) return <Note text="No run is drawn. Open an eye in the list." />
  if (!part) return error ? <Note text={error}><Button small onClick={loaded.retry}>Try again</Button></Note> : <Skeleton className="m-2.5 flex-1" />
  const kind = nature(part, style)
  if (kind === "none") return loading ? <Skeleton className="m-2.5 flex-1" /> : <Note text={range ? "No points in this part of x." : "None of the drawn runs has this metric."} />
  if (kind === "single" && options.x === "step" && !range) return <SinglePoints frame={part} style={style} name={name} logY={options.logY} baseline={scene.baseline} />
  const lines = part.lines.length
  return (
    <div className="relative min-h-0 flex-1 px-1 pb-1">
      <Line
        ref={chart} grid={part} title={metric} style={style} name={name} smooth={{ kind: options.smooth > 0 ? "ema" : "none", weight: options.smooth }}
        logX={options.logX} logY={options.logY} clipOutliers={options.clip} band={options.band !== null || lines <= 4} range={range} baseline={scene.baseline}
        zone={zone === "utc" ? "UTC" : undefined} onPick={(key) => useFocus.setState({ id: key })}
        {...(yRange ?? (options.min !== null || options.max !== null) ? { yRange: yRange ?? [options.min, options.max] } : {})}
        {...(shared ? { onZoom: (next: [number, number] | null) => { loader.hurry(metric); change({ range: next && whole(next, options.x) }, "zoom") } } : {})}
      />
    </div>
  )
}

/** Steps and milliseconds are whole numbers, and a link is shorter with them. */
function whole([low, high]: [number, number], x: string): [number, number] {
  return x.startsWith("metric:") ? [low, high] : [Math.floor(low), Math.max(Math.floor(low) + 1, Math.ceil(high))]
}

function Note({ text, children }: { text: string; children?: React.ReactNode }) {
  return <div className={cn("flex min-h-0 flex-1 flex-col items-center justify-center gap-2 px-4 text-center text-dense text-text-3")}><span className="line-clamp-4 break-words">{text}</span>{children}</div>
}

/** Width of an element, for panels that are alone. */
export function useWidth(): [React.RefObject<HTMLDivElement | null>, number] {
  const ref = useRef<HTMLDivElement>(null)
  const [width, setWidth] = useState(0)
  useLayoutEffect(() => {
    const element = ref.current
    if (!element) return
    setWidth(element.clientWidth)
    const observer = new ResizeObserver(() => setWidth(element.clientWidth))
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  return [ref, width]
}
