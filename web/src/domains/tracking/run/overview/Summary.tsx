// What came of the run: every metric in a few numbers, then the results that are no series.
import { useDeferredValue, useMemo, useState } from "react"
import { toNumber } from "~/api/num"
import type { MetricSummary, Run } from "~/api/types_gen"
import { Link } from "~/link"
import { paths } from "~/paths"
import { cn } from "~/ui/cn"
import { CopyButton } from "~/ui/CopyButton"
import { count, number } from "~/ui/format"
import { SearchInput } from "~/ui/Input"
import { VirtualList } from "~/ui/VirtualList"
import { Section } from "./Section"
import { matching, natural, valueText } from "./values"

const COLUMNS = "grid gap-x-3 grid-cols-[minmax(110px,1fr)_repeat(2,minmax(76px,92px))] sm:grid-cols-[minmax(120px,1fr)_repeat(4,minmax(72px,88px))_minmax(52px,64px)] xl:grid-cols-[minmax(140px,1fr)_repeat(5,minmax(64px,88px))_minmax(52px,64px)]"
const WIDE = "max-sm:hidden"
const WIDEST = "max-xl:hidden"

/** Metrics that people logged: not of the machine, not the counts of media. */
export function own(key: string): boolean {
  return !key.startsWith("system/") && !key.startsWith("media/")
}

export function Summary({ ws, run }: { ws: string; run: Run }) {
  const [query, setQuery] = useState("")
  const wanted = useDeferredValue(query)
  const keys = useMemo(() => Object.keys(run.metrics).filter(own).sort(natural), [run.metrics])
  const low = wanted.trim().toLowerCase()
  const shown = low ? keys.filter((key) => key.toLowerCase().includes(low)) : keys
  const results = useMemo(() => matching(resultsOf(run.summary), wanted), [run.summary, wanted])
  const names = Object.keys(results).sort(natural)
  const total = keys.length + Object.keys(run.summary).length
  const goals = keys.some((key) => run.metrics[key]?.best !== null)
  const row = (key: string | undefined) => (key === undefined ? null : <Metric ws={ws} id={run.id} name={key} metric={run.metrics[key]} />)
  return (
    <Section title="Summary" note={keys.length > 0 ? `${count(keys.length)} ${keys.length === 1 ? "metric" : "metrics"}` : undefined} actions={total > 8 ? <SearchInput value={query} onChange={setQuery} label="Search summary" className="w-44 sm:w-56" /> : null}>
      {keys.length === 0 && names.length === 0 ? <p className="m-0 py-2 text-text-3">{low ? "Nothing matches." : <>Nothing was logged yet. <code className="text-text-2">mw.log({"{"}"loss": 0.5{"}"})</code> starts a series.</>}</p> : null}
      {shown.length > 0 ? (
        <div role="table" aria-label="Metrics of the run">
          <div role="row" className={cn(COLUMNS, "h-7 items-center border-b text-dense text-text-3")}>
            <span role="columnheader">Metric</span>
            <Head>Last</Head>
            <Head title={goals ? undefined : "Set a goal with mw.define_metric(key, goal=…)"}>Best</Head>
            <Head wide>Min</Head><Head wide>Max</Head><Head className={WIDEST}>Mean</Head><Head wide>Points</Head>
          </div>
          {shown.length > 200
            ? <VirtualList label="Metrics" count={shown.length} height={28} className="h-[420px]" row={(at) => row(shown[at])} />
            : shown.map((key) => <div role="presentation" key={key}>{row(key)}</div>)}
        </div>
      ) : null}
      {names.length > 0 ? (
        <div role="list" aria-label="Results" className="mt-2">
          {names.map((name) => {
            const text = valueText(results[name])
            return (
              <div role="listitem" key={name} className="group flex h-7 items-center gap-2 border-b hover:bg-hover">
                <span dir="auto" title={name} className="w-2/5 max-w-72 min-w-0 shrink-0 truncate font-mono text-dense text-text-2">{name}</span>
                <span dir="auto" title={text.slice(0, 2_000)} className="min-w-0 flex-1 truncate font-mono text-dense">{text.slice(0, 1_000)}</span>
                <span className="opacity-0 group-focus-within:opacity-100 group-hover:opacity-100"><CopyButton text={text} label="Copy value" /></span>
              </div>
            )
          })}
        </div>
      ) : null}
    </Section>
  )
}

// Descriptions of media are what the tab Media shows.
function resultsOf(summary: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(summary).filter(([key]) => {
    const stem = /^(.*)\.(items|media|step|time_ms)$/.exec(key)?.[1]
    return stem === undefined || !(`${stem}.media` in summary)
  }))
}

function Head({ children, wide, title, className }: { children: string; wide?: boolean; title?: string | undefined; className?: string }) {
  return <span role="columnheader" title={title} className={cn("text-right", wide && WIDE, className)}>{children}</span>
}

function Metric({ ws, id, name, metric }: { ws: string; id: string; name: string; metric: MetricSummary | undefined }) {
  if (!metric) return null
  const cell = (value: MetricSummary["min"], wide: string | false = false, strong = false) => (
    <span role="cell" title={value === null ? undefined : String(value)} className={cn("text-right font-mono text-dense", wide, strong ? "text-text" : "text-text-2")}>
      {value === null ? <span className="text-text-3">–</span> : number(toNumber(value))}
    </span>
  )
  return (
    <div role="row" className={cn(COLUMNS, "h-7 items-center border-b hover:bg-hover")}>
      <span role="cell" className="flex min-w-0 items-center gap-1.5 pr-2">
        <Link to={paths.run(ws, id, "charts")} search={{ panels: `^${name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}$` }} title={name} dir="auto" className="truncate font-mono text-dense hover:text-accent hover:underline">{name}</Link>
        {metric.nans > 0 ? <span title={`${count(metric.nans)} of the points are NaN`} className="shrink-0 text-dense text-bad">NaN</span> : null}
      </span>
      {cell(metric.last, false, true)}
      {cell(metric.best)}
      {cell(metric.min, WIDE)}
      {cell(metric.max, WIDE)}
      {cell(metric.mean, WIDEST)}
      <span role="cell" title={`last at step ${metric.step}`} className={cn("text-right font-mono text-dense text-text-3", WIDE)}>{count(metric.count)}</span>
    </div>
  )
}
