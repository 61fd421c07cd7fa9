import { memo } from "react"
import { color } from "~/charts/palette"
import { Link } from "~/link"
import { paths } from "~/paths"
import { cn } from "~/ui/cn"
import { number } from "~/ui/format"
import { usePreferences } from "~/ui/preferences"
import { Badge, Status } from "~/ui/Status"
import { Ago, Took } from "~/ui/Time"
import type { Stats } from "~/table/group"
import { fixed } from "./derive"
import { better, type Goal } from "./goals"

/** The colour that a run has in every chart. */
export function Dot({ id }: { id: string }) {
  const dark = usePreferences((state) => state.dark)
  return <span aria-hidden className="size-2 shrink-0 rounded-full" style={{ background: color(id, dark ? "dark" : "light") }} />
}

export const NameCell = memo(function NameCell({ ws, id, name, mark }: { ws: string; id: string; name: string; mark: "baseline" | null }) {
  return (
    <span className="flex min-w-0 flex-1 items-center gap-2">
      <Dot id={id} />
      <Link to={paths.run(ws, id)} title={name} className="min-w-0 truncate text-text hover:text-accent hover:underline">{name}</Link>
      {mark ? <span className="ml-auto shrink-0"><Badge>baseline</Badge></span> : null}
    </span>
  )
})

export function ValueCell({ id, value, text, title }: { id: string; value: number | string | null; text: string; title: string }) {
  if (value === null) return <span className="text-text-3" aria-label="no value">–</span>
  if (id === "state") return <Status state={String(value)} />
  if (id === "start_ms" || id === "end_ms") return <Ago at={Number(value)} />
  return <span title={title} className={cn("truncate", typeof value === "number" && !Number.isFinite(value) && "text-warn")}>{text}</span>
}

export function RunningFor({ from }: { from: number }) {
  return <Took from={from} to={null} />
}

/** A value's distance from the baseline's, green when it is better. */
export function Delta({ value, base, goal, decimals = -1 }: { value: number; base: number; goal: Goal | null; decimals?: number }) {
  const delta = value - base
  if (!Number.isFinite(delta)) return null
  const sense = better(value, base, goal)
  const word = sense > 0 ? "better than the baseline" : sense < 0 ? "worse than the baseline" : "against the baseline"
  return (
    <span title={`${delta >= 0 ? "+" : ""}${delta} ${word}`} className={cn("ml-2 shrink-0 text-[11px]", sense > 0 ? "text-ok" : sense < 0 ? "text-bad" : "text-text-3")}>
      {delta === 0 ? "±0" : `${delta > 0 ? "+" : ""}${fixed(delta, decimals) ?? number(delta, 3)}`}
    </span>
  )
}

/** What the runs of a group have in a column: the mean, and from where to where. */
export function GroupCell({ stats, decimals }: { stats: Stats | null; decimals: number }) {
  if (!stats || stats.n === 0) return null
  return (
    <span className="truncate" title={`mean ${stats.mean} · min ${stats.min} · max ${stats.max} · ${stats.n} runs`}>
      {fixed(stats.mean, decimals) ?? number(stats.mean, 4)}
      {stats.min < stats.max ? <span className="ml-1.5 text-[11px] font-normal text-text-3">{number(stats.min, 3)}…{number(stats.max, 3)}</span> : null}
    </span>
  )
}
