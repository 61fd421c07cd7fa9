import { Copy } from "lucide-react"
import type { Run } from "~/api/types_gen"
import { toCsv, toMarkdown } from "~/table/csv"
import { Button } from "~/ui/Button"
import { copyText, download } from "~/ui/clipboard"
import { count, plural } from "~/ui/format"
import { SearchInput } from "~/ui/Input"
import { Menu, MenuItem } from "~/ui/Menu"
import { usePreferences } from "~/ui/preferences"
import { Select } from "~/ui/Select"
import { Switch } from "~/ui/Switch"
import { toast } from "~/ui/toast"
import { AddRuns } from "./AddRuns"
import { textOf } from "./CompareCell"
import { STATS, type CompareRow, type Stat } from "./diff"

export interface CompareBarProps {
  ws: string
  experiment: string
  ids: readonly string[]
  onToggle: (id: string) => void
  all: boolean
  onAll: (all: boolean) => void
  words: string
  onWords: (words: string) => void
  stat: Stat
  onStat: (stat: Stat) => void
  rows: readonly CompareRow[]
  total: number
  runs: readonly Run[]
  full: boolean
}

export function CompareBar(props: CompareBarProps) {
  const { rows, runs } = props
  const zone = usePreferences((state) => state.zone)
  const header = ["section", "key", ...runs.map((run) => run.name || run.id)]
  const asMarkdown = () => toMarkdown(header, rows.map((row) => [row.section, row.key, ...row.cells.map((cell, at) => `${textOf(row, cell, zone)}${row.best.includes(at) ? " ✓" : ""}`)]))
  const asCsv = () => toCsv(header, rows.map((row) => [row.section, row.key, ...row.cells]))
  const said = (what: string) => () => toast(`Copied ${plural(rows.length, "row")} as ${what}`)
  return (
    <div className="flex shrink-0 flex-wrap items-center gap-x-3 gap-y-2 border-b px-3 py-2">
      <AddRuns ws={props.ws} experiment={props.experiment} chosen={props.ids} onToggle={props.onToggle} why={props.full ? "fifty runs are the most" : undefined} />
      <SearchInput value={props.words} onChange={props.onWords} label="Search keys" className="w-60" />
      <Switch checked={!props.all} onChange={(only) => props.onAll(!only)} label="Differences only" />
      <Select label="Number of a metric" prefix="Metrics" value={props.stat} onChange={props.onStat} options={STATS.map((stat) => ({ value: stat, label: stat }))} />
      <span role="status" className="ml-auto text-dense whitespace-nowrap text-text-3">{plural(runs.length, "run")} · {rows.length < props.total ? `${count(rows.length)} of ${plural(props.total, "key")}` : plural(props.total, "key")}</span>
      <Menu align="end" trigger={<Button icon={<Copy size={14} />}>Copy</Button>}>
        <MenuItem onSelect={() => { void copyText(asMarkdown()).then(said("Markdown")) }}>Copy as Markdown</MenuItem>
        <MenuItem onSelect={() => { void copyText(asCsv()).then(said("CSV")) }}>Copy as CSV</MenuItem>
        <MenuItem onSelect={() => download("comparison.csv", asCsv(), "text/csv")}>Download CSV</MenuItem>
      </Menu>
    </div>
  )
}
