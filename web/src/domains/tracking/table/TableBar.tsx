import { Download, Group, Rows2, Rows3, Trash2 } from "lucide-react"
import type { ReactNode, Ref } from "react"
import type { RunKeys } from "~/api/types_gen"
import { Button } from "~/ui/Button"
import { count } from "~/ui/format"
import { IconButton } from "~/ui/IconButton"
import { labelOf } from "../runs/columns"
import { FieldPicker, type FieldOption } from "../runs/FieldPicker"
import { FilterBox } from "../runs/FilterBox"
import { ColumnPicker } from "./ColumnPicker"
import type { TableState } from "./state"

export interface TableBarProps {
  ws: string
  experiment: string
  state: TableState
  set: (change: Partial<TableState>) => void
  onReset: () => void
  filter: string
  onFilter: (text: string) => void
  error: unknown
  filterBox: Ref<HTMLInputElement>
  keys: RunKeys | undefined
  options: readonly FieldOption[]
  shown: number
  total: number
  busy: boolean
  deleted: boolean
  onDeleted: (deleted: boolean) => void
  onExport: () => void
  views: ReactNode
}

export function TableBar({ filterBox, ...props }: TableBarProps) {
  const { state, set, shown, total, deleted } = props
  const by = state.group
  return (
    <div className="flex shrink-0 flex-wrap items-start gap-2 border-b px-3 py-2">
      <FilterBox ref={filterBox} value={props.filter} onChange={props.onFilter} error={props.error} options={props.options} ws={props.ws} experiment={props.experiment} className="min-w-64 flex-1" />
      <FieldPicker
        label="Group by" options={props.options} chosen={by} none="No grouping"
        onPick={(id) => set({ group: id === "" ? [] : by.includes(id) ? by.filter((each) => each !== id) : [...by, id] })}
        trigger={<Button icon={<Group size={14} />} className="max-w-56"><span className="truncate">{by.length > 0 ? `Grouped by ${by.map(labelOf).join(", ")}` : "Group"}</span></Button>}
      />
      <ColumnPicker keys={props.keys} columns={state.columns} onChange={(columns) => set({ columns })} onReset={props.onReset} />
      {props.views}
      <div className="flex items-center">
        <IconButton label={state.roomy ? "Dense rows" : "Roomy rows"} onClick={() => set({ roomy: !state.roomy })}>{state.roomy ? <Rows3 size={15} /> : <Rows2 size={15} />}</IconButton>
        <IconButton label="Download as CSV, as shown" onClick={props.onExport}><Download size={15} /></IconButton>
        <IconButton label={deleted ? "Show active runs" : "Show deleted runs"} active={deleted} onClick={() => props.onDeleted(!deleted)}><Trash2 size={15} /></IconButton>
      </div>
      <span role="status" className="min-w-20 pt-1.5 text-right text-dense whitespace-nowrap text-text-3" aria-busy={props.busy}>
        {shown < total ? `${count(shown)} of ${count(total)}` : count(total)} {deleted ? "deleted" : "runs"}
      </span>
    </div>
  )
}
