import { Columns3 } from "lucide-react"
import { useMemo, useState } from "react"
import type { RunKeys } from "~/api/types_gen"
import { Button } from "~/ui/Button"
import { Checkbox } from "~/ui/Checkbox"
import { cn } from "~/ui/cn"
import { count } from "~/ui/format"
import { SearchInput } from "~/ui/Input"
import { Popover } from "~/ui/Popover"
import { Segmented } from "~/ui/Tabs"
import { VirtualList } from "~/ui/VirtualList"
import { FIXED, labelOf } from "../runs/columns"

const SECTIONS = [
  { value: "all", label: "All" }, { value: "metrics", label: "Metrics" }, { value: "params", label: "Params" },
  { value: "summary", label: "Summary" }, { value: "tags", label: "Tags" }, { value: "fields", label: "Fields" },
] as const
type Section = (typeof SECTIONS)[number]["value"]
const STATS = ["last", "min", "max", "mean", "best"] as const

/** A key that can be a column: for metrics without the word for which of its numbers. */
export interface Pickable { base: string; section: Exclude<Section, "all">; low: string; runs: number | null }

export function pickables(keys: RunKeys | undefined): Pickable[] {
  const of = (section: Pickable["section"], list: { key: string; runs: number }[]): Pickable[] =>
    list.map(({ key, runs }) => ({ base: `${section}.${key}`, section, low: key.toLowerCase(), runs }))
  return [
    ...FIXED.filter((id) => id !== "name").map((id): Pickable => ({ base: id, section: "fields", low: labelOf(id).toLowerCase(), runs: null })),
    ...of("metrics", keys?.metrics ?? []), ...of("params", keys?.params ?? []), ...of("summary", keys?.summary ?? []), ...of("tags", keys?.tags ?? []),
  ]
}

/** Those that hold all words, those that begin with the first word before the others. */
export function searched(all: readonly Pickable[], section: Section, words: string): Pickable[] {
  const parts = words.toLowerCase().split(/\s+/).filter(Boolean)
  const first: Pickable[] = []
  const rest: Pickable[] = []
  for (const each of all) {
    if (section !== "all" && each.section !== section) continue
    if (!parts.every((part) => each.low.includes(part))) continue
    if (parts.length > 0 && each.low.startsWith(parts[0]!)) first.push(each)
    else rest.push(each)
  }
  return first.length > 0 ? [...first, ...rest] : rest
}

export interface ColumnPickerProps {
  keys: RunKeys | undefined
  columns: readonly string[]
  onChange: (columns: string[]) => void
  onReset: () => void
}

export function ColumnPicker(props: ColumnPickerProps) {
  const [open, setOpen] = useState(false)
  return (
    <Popover open={open} onOpenChange={setOpen} align="end" label="Columns" className="flex w-[460px] flex-col overflow-hidden p-0!" trigger={<Button icon={<Columns3 size={14} />}>Columns <span className="text-text-3">{props.columns.length}</span></Button>}>
      {open ? <Choices {...props} /> : null}
    </Popover>
  )
}

function Choices({ keys, columns, onChange, onReset }: ColumnPickerProps) {
  const [words, setWords] = useState("")
  const [section, setSection] = useState<Section>("all")
  const all = useMemo(() => pickables(keys), [keys])
  const shown = useMemo(() => searched(all, section, words), [all, section, words])
  const chosen = useMemo(() => new Set(columns), [columns])
  const toggle = (id: string) => onChange(chosen.has(id) ? columns.filter((each) => each !== id) : [...columns, id])
  const total = keys?.runs ?? 0
  const line = (at: number) => {
    const each = shown[at]!
    const metric = each.section === "metrics"
    const on = metric ? STATS.some((stat) => chosen.has(`${each.base}.${stat}`)) : chosen.has(each.base)
    const flip = () => {
      if (!metric) toggle(each.base)
      else if (on) onChange(columns.filter((id) => !STATS.some((stat) => id === `${each.base}.${stat}`)))
      else onChange([...columns, `${each.base}.last`])
    }
    const title = metric ? each.base.slice(8) : labelOf(each.base)
    return (
      <div className="group flex h-7 items-center gap-2 px-3 hover:bg-hover">
        <Checkbox checked={on} onChange={flip} label={title} />
        <button type="button" tabIndex={-1} onClick={flip} title={each.base} className="min-w-0 flex-1 cursor-default truncate text-left">
          {section === "all" && each.section !== "fields" ? <span className="mr-1.5 text-dense text-text-3">{each.section}</span> : null}{title}
        </button>
        {metric ? (
          <span className={cn("flex gap-px", !on && "opacity-0 group-focus-within:opacity-100 group-hover:opacity-100")}>
            {STATS.map((stat) => (
              <button key={stat} type="button" aria-pressed={chosen.has(`${each.base}.${stat}`)} aria-label={`${title} ${stat}`} onClick={() => toggle(`${each.base}.${stat}`)} className={cn("h-5 cursor-default rounded-control px-1.5 text-[11px]", chosen.has(`${each.base}.${stat}`) ? "bg-accent-soft font-medium text-accent" : "text-text-3 hover:text-text")}>{stat}</button>
            ))}
          </span>
        ) : null}
        {each.runs === null ? null : <span className="w-12 shrink-0 text-right font-mono text-[11px] text-text-3" title={`${count(each.runs)} of ${count(total)} runs have it`}>{total > 0 && each.runs >= total ? "all" : count(each.runs)}</span>}
      </div>
    )
  }
  return (
    <>
      <div className="flex flex-col gap-2 border-b p-2.5">
        <SearchInput value={words} onChange={setWords} label="Search columns" placeholder={`Search ${count(all.length)} columns`} onSubmit={() => { const first = shown[0]; if (first) toggle(first.section === "metrics" ? `${first.base}.last` : first.base) }} />
        <Segmented label="Kind of column" value={section} onChange={setSection} options={[...SECTIONS]} />
      </div>
      {shown.length > 0 ? <VirtualList key={`${section} ${words}`} count={shown.length} height={28} row={line} label="Columns to choose from" className="h-[320px] py-1" /> : <p className="m-0 h-[320px] px-3 py-4 text-text-3">{keys ? "Nothing goes by that name." : "Reading the keys of the runs…"}</p>}
      <div className="flex items-center gap-2 border-t p-2">
        <span className="flex-1 px-1 text-dense text-text-3">{columns.length} shown · drag a header to move a column</span>
        <Button kind="quiet" small onClick={() => onChange(["name"])}>Hide all</Button>
        <Button kind="quiet" small onClick={onReset}>As usual</Button>
      </div>
    </>
  )
}
