// Metrics with one point a run are values, not lines: bars beside names, best seen at a glance.
import type { GridLine, SeriesFrame } from "~/charts/grid"
import { hover } from "~/charts/bus"
import type { LineStyle } from "~/charts/palette"
import { cn } from "~/ui/cn"
import { count, number } from "~/ui/format"

type Style = (key: string, line: GridLine) => LineStyle

const MOST = 400

export function SinglePoints({ frame, style, name, logY, baseline }: { frame: SeriesFrame; style: Style; name: (key: string, line: GridLine) => string; logY: boolean; baseline: string | null }) {
  const values = frame.lines
    .map((line) => ({ line, look: style(line.key, line), value: line.mean[line.from] ?? NaN }))
    .filter(({ line, look }) => !look.hidden && line.from <= line.to)
    .sort((a, b) => b.value - a.value)
  const finite = values.map(({ value }) => value).filter((value) => Number.isFinite(value))
  const log = logY && Math.min(...finite) > 0
  const of = (value: number) => (log ? Math.log10(value) : value)
  const top = Math.max(...finite.map(of))
  const bottom = log ? Math.min(...finite.map(of)) - 0.5 : Math.min(0, ...finite.map(of))
  const width = (value: number) => (top > bottom ? Math.max(1, ((of(value) - bottom) / (top - bottom)) * 100) : 100)
  return (
    <div className="min-h-0 flex-1 overflow-auto px-2.5 pb-2" role="table" aria-label="Values" tabIndex={0}>
      {values.slice(0, MOST).map(({ line, look, value }) => (
        <div key={line.key} role="row" className="flex h-5 items-center gap-2 text-[11.5px] hover:bg-hover" onPointerEnter={() => hover(line.key)} onPointerLeave={() => hover(null)}>
          <span role="cell" title={name(line.key, line)} className={cn("w-[34%] shrink-0 truncate text-text-2", line.key === baseline && "font-semibold text-text")}>{name(line.key, line)}</span>
          <span role="cell" className="h-2.5 min-w-0 flex-1"><span className="block h-full rounded-[2px]" style={{ width: Number.isFinite(value) ? `${width(value)}%` : 0, background: look.color }} /></span>
          <span role="cell" className="w-16 shrink-0 text-right font-mono">{number(value)}</span>
        </div>
      ))}
      {values.length > MOST ? <p className="m-0 py-1 text-dense text-text-3">and {count(values.length - MOST)} more</p> : null}
    </div>
  )
}
