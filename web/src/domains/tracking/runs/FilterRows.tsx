// The rows of the filter builder: conditions joined by "and", alternatives of one by "or".
import { useQuery } from "@tanstack/react-query"
import { ChevronDown, Plus, X } from "lucide-react"
import { useId, useState } from "react"
import { Button } from "~/ui/Button"
import { IconButton } from "~/ui/IconButton"
import { Input, Textarea } from "~/ui/Input"
import { Select } from "~/ui/Select"
import { fieldFor, labelOf } from "./columns"
import { FieldPicker, type FieldOption } from "./FieldPicker"
import { complete, isBare, toBuilder, toText, type Builder, type Clause, type Comparator } from "./filter_text"
import { runFacets } from "./use_rows"

export interface FilterRowsProps {
  text: string
  onChange: (text: string) => void
  options: readonly FieldOption[]
  ws: string
  experiment: string
  /** The text is beyond rows. */
  whole: boolean
}

const NAMES: Partial<Record<Comparator, string>> = {
  "=": "is", "!=": "is not", LIKE: "like", "NOT LIKE": "not like", ILIKE: "like (any case)", "NOT ILIKE": "not like (any case)", RLIKE: "matches",
  "NOT RLIKE": "does not match", IN: "is one of", "NOT IN": "is none of", BETWEEN: "between", "NOT BETWEEN": "not between", "IS NULL": "is missing",
  "IS NOT NULL": "is there",
}
const NUMERIC: Comparator[] = ["=", "!=", "<", "<=", ">", ">=", "BETWEEN", "IS NULL", "IS NOT NULL"]
const TEXTUAL: Comparator[] = ["=", "!=", "IN", "NOT IN", "ILIKE", "NOT ILIKE", "RLIKE", "NOT RLIKE", "IS NULL", "IS NOT NULL"]
const BOTH: Comparator[] = [...NUMERIC, "IN", "NOT IN", "ILIKE", "RLIKE"]

function choices(field: string, now: Comparator): Comparator[] {
  const some = /^(metrics\.|\w+\(|duration$|start_time$|end_time$)/.test(field) ? NUMERIC : field.startsWith("params.") || field.startsWith("summary.") ? BOTH : TEXTUAL
  return some.includes(now) ? some : [...some, now]
}

export function FilterRows({ text, onChange, options, ws, experiment, whole }: FilterRowsProps) {
  // Half-made rows have no text, so the rows are kept here and follow the text only when it means something else.
  const [draft, setDraft] = useState<Builder>(() => toBuilder(text) ?? [])
  const set = (next: Builder) => { setDraft(next); onChange(toText(next)) }
  const replace = (at: number, group: Clause[]) => set(group.length > 0 ? draft.map((each, index) => (index === at ? group : each)) : draft.filter((_, index) => index !== at))
  if (whole) {
    return (
      <div className="flex flex-col gap-2">
        <Textarea aria-label="Filter" defaultValue={text} className="font-mono text-dense" onBlur={(event) => onChange(event.target.value)} />
        <p className="m-0 text-dense text-text-3">This filter has a NOT, or parentheses in parentheses, or is not finished: it is edited as a text.</p>
        <div><Button small onClick={() => { setDraft([]); onChange("") }}>Start afresh with rows</Button></div>
      </div>
    )
  }
  const add = (column: string): Clause => {
    const field = fieldFor(column)
    const number = /^(metrics\.|\w+\(|duration$)/.test(field)
    return { field, comparator: field === "run_name" ? "ILIKE" : number ? "<" : "=", values: [""], quoted: [!number] }
  }
  return (
    <div className="flex flex-col gap-1.5">
      {draft.length === 0 ? <p className="m-0 mb-1 text-text-2">Show the runs for which all of this is so:</p> : null}
      {draft.map((group, at) => (
        <div key={at} className="flex flex-col gap-1.5 rounded-panel border bg-bg p-1.5">
          {group.map((clause, index) => (
            <div key={index} className="flex items-start gap-1.5">
              <span className="w-8 shrink-0 pt-1 text-right text-dense text-text-3">{index > 0 ? "or" : at > 0 ? "and" : ""}</span>
              <Row
                clause={clause} options={options} ws={ws} experiment={experiment}
                onChange={(next) => replace(at, group.map((each, n) => (n === index ? next : each)))}
                onRemove={() => replace(at, group.filter((_, n) => n !== index))}
              />
            </div>
          ))}
          <div className="pl-9"><FieldPicker label="Field" options={options} chosen={[]} onPick={(column) => replace(at, [...group, add(column)])} trigger={<Button kind="quiet" small icon={<Plus size={12} />}>or</Button>} /></div>
        </div>
      ))}
      <div className="flex items-center gap-2">
        <FieldPicker label="Field" options={options} chosen={[]} onPick={(column) => set([...draft, [add(column)]])} trigger={<Button small icon={<Plus size={12} />}>Condition</Button>} />
        {draft.length > 0 ? <Button small kind="quiet" onClick={() => set([])}>Remove all</Button> : null}
        <code className="ml-auto max-w-[60%] truncate text-text-3" title={toText(draft)}>{toText(draft)}</code>
      </div>
    </div>
  )
}

interface RowProps { clause: Clause; options: readonly FieldOption[]; ws: string; experiment: string; onChange: (clause: Clause) => void; onRemove: () => void }

function Row({ clause, options, ws, experiment, onChange, onRemove }: RowProps) {
  const column = options.find((option) => fieldFor(option.column) === clause.field)?.column
  const none = clause.comparator.startsWith("IS ")
  const between = clause.comparator.endsWith("BETWEEN")
  const many = clause.comparator === "IN" || clause.comparator === "NOT IN"
  const value = (at: number, next: string) => {
    const values = many ? next.split(",").map((item) => item.trim()).filter(Boolean) : clause.values.map((each, n) => (n === at ? next : each))
    // A number typed for a param compares as a number, anything else as a text.
    const quoted = values.map((item) => !isBare(item) || /^(tags\.|run_name|user|group|state|kind|notes|parent_id)/.test(clause.field))
    onChange({ ...clause, values, quoted })
  }
  const compare = (comparator: Comparator) => {
    const count = comparator.startsWith("IS ") ? 0 : comparator.endsWith("BETWEEN") ? 2 : 1
    const values = comparator.endsWith("IN") && clause.values.length > 0 ? clause.values : Array.from({ length: count }, (_, at) => clause.values[at] ?? "")
    onChange({ ...clause, comparator, values, quoted: values.map((item) => !isBare(item)) })
  }
  return (
    <div className="flex min-w-0 flex-1 items-center gap-1.5">
      <FieldPicker
        label="Field" options={options} chosen={column ? [column] : []} onPick={(next) => onChange({ ...clause, field: fieldFor(next) })}
        trigger={<Button className="max-w-44 min-w-28 justify-between"><span className="truncate">{column ? labelOf(column) : clause.field}</span><ChevronDown size={14} className="text-text-3" /></Button>}
      />
      <Select label="Comparison" value={clause.comparator} onChange={compare} options={choices(clause.field, clause.comparator).map((each) => ({ value: each, label: NAMES[each] ?? each }))} className="min-w-24" />
      <div className="flex min-w-0 flex-1 items-center gap-1.5">
        {none ? null : many ? <Typed ws={ws} experiment={experiment} column={column} value={clause.values.join(", ")} onChange={(next) => value(0, next)} /> : <Typed ws={ws} experiment={experiment} column={column} value={clause.values[0] ?? ""} onChange={(next) => value(0, next)} />}
        {between ? <><span className="text-text-3">and</span><Typed ws={ws} experiment={experiment} column={undefined} value={clause.values[1] ?? ""} onChange={(next) => value(1, next)} /></> : null}
      </div>
      {complete(clause) ? null : <span className="size-1.5 shrink-0 rounded-full bg-warn" title="Not finished: left out of the filter" />}
      <IconButton small label="Remove" onClick={onRemove}><X size={12} /></IconButton>
    </div>
  )
}

/** A value, with those that the runs have as suggestions. */
function Typed({ ws, experiment, column, value, onChange }: { ws: string; experiment: string; column: string | undefined; value: string; onChange: (value: string) => void }) {
  const id = useId()
  const asked = column && !column.startsWith("metrics.") && !/^(start_ms|end_ms|duration|name)$/.test(column) ? column : ""
  const known = useQuery(runFacets(ws, experiment, "", asked, 60))
  const [text, setText] = useState(value)
  return (
    <>
      <Input aria-label="Value" list={id} value={text} placeholder="value" onChange={(event) => { setText(event.target.value); onChange(event.target.value) }} className="font-mono text-dense" />
      <datalist id={id}>{known.data?.values.map((each) => <option key={String(each.value)} value={String(each.value)}>{`${each.runs} runs`}</option>)}</datalist>
    </>
  )
}
