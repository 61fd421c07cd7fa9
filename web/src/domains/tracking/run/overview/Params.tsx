// Params as a tree by the dots of their names: searched, copied, edited. An edit can be undone and is in the activity.
import { ChevronDown, ChevronRight, Pencil, Plus } from "lucide-react"
import { useDeferredValue, useMemo, useState } from "react"
import type { Run } from "~/api/types_gen"
import { Button } from "~/ui/Button"
import { cn } from "~/ui/cn"
import { CopyButton } from "~/ui/CopyButton"
import { count } from "~/ui/format"
import { IconButton } from "~/ui/IconButton"
import { Input, SearchInput } from "~/ui/Input"
import { VirtualList } from "~/ui/VirtualList"
import { useWhyFixed } from "../access"
import { useRunChanges } from "../change"
import { Section } from "./Section"
import { editable, matching, treeRows, typed, valueText, type Row } from "./values"

const HEIGHT = 28

export function Params({ ws, run }: { ws: string; run: Run }) {
  const [query, setQuery] = useState("")
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set())
  const [adding, setAdding] = useState(false)
  const wanted = useDeferredValue(query)
  const rows = useMemo(() => treeRows(matching(run.params, wanted), closed), [run.params, wanted, closed])
  const total = Object.keys(run.params).length
  const why = useWhyFixed(ws, run)
  const toggle = (key: string): void => {
    setClosed((old) => {
      const next = new Set(old)
      if (!next.delete(key)) next.add(key)
      return next
    })
  }
  return (
    <Section
      title="Params"
      note={total > 0 ? count(total) : undefined}
      actions={(
        <>
          {total > 8 ? <SearchInput value={query} onChange={setQuery} label="Search params" className="w-44 sm:w-56" /> : null}
          {total > 0 ? <CopyButton text={JSON.stringify(run.params, null, 2)} label="Copy all as JSON" /> : null}
          <Button small kind="quiet" icon={<Plus size={14} />} why={why} onClick={() => setAdding(true)}>Add</Button>
        </>
      )}
    >
      {adding ? <NewParam ws={ws} run={run} onClose={() => setAdding(false)} /> : null}
      {total === 0 && !adding ? <p className="m-0 py-2 text-text-3">No params. <code className="text-text-2">mw.init(config={"{"}"lr": 0.1{"}"})</code> records them.</p> : null}
      {total > 0 && rows.length === 0 ? <p className="m-0 py-2 text-text-3">No param matches.</p> : null}
      {rows.length > 200 ? (
        <VirtualList label="Params" count={rows.length} height={HEIGHT} className="h-[560px]" row={(at) => <Line ws={ws} run={run} row={rows[at]} why={why} closed={closed} toggle={toggle} />} />
      ) : (
        <div role="list" aria-label="Params">
          {rows.map((row) => <div role="listitem" key={row.key}><Line ws={ws} run={run} row={row} why={why} closed={closed} toggle={toggle} /></div>)}
        </div>
      )}
    </Section>
  )
}

interface LineProps {
  ws: string
  run: Run
  row: Row | undefined
  why: string | undefined
  closed: ReadonlySet<string>
  toggle: (key: string) => void
}

function Line({ ws, run, row, why, closed, toggle }: LineProps) {
  const [draft, setDraft] = useState<string | null>(null)
  const { update } = useRunChanges(ws, run.id)
  if (!row) return null
  const indent = { paddingLeft: row.depth * 16 }
  if (row.group) {
    const open = !closed.has(row.key)
    return (
      <button type="button" aria-expanded={open} onClick={() => toggle(row.key)} style={indent} className="flex h-7 w-full cursor-default items-center gap-1 border-b text-left hover:bg-hover">
        {open ? <ChevronDown size={14} className="text-text-3" /> : <ChevronRight size={14} className="text-text-3" />}
        <span dir="auto" className="truncate font-mono text-dense text-text-2">{row.label}</span>
        <span className="text-dense text-text-3">{row.count}</span>
      </button>
    )
  }
  const text = valueText(row.value)
  const save = (): void => {
    if (draft === null) return
    setDraft(null)
    const value = typed(draft)
    if (JSON.stringify(value) !== JSON.stringify(row.value)) void update({ params: { [row.key]: value } }, `Param ${row.key.slice(0, 60)} changed`, { params: { [row.key]: row.value } })
  }
  return (
    <div style={indent} className="group flex h-7 items-center gap-2 border-b pr-1 hover:bg-hover">
      <span dir="auto" title={row.key} className="w-2/5 max-w-72 min-w-0 shrink-0 truncate pl-[18px] font-mono text-dense text-text-2">{row.label}</span>
      {draft === null ? (
        <>
          <span dir="auto" title={text.slice(0, 2_000)} className={cn("min-w-0 flex-1 truncate font-mono text-dense", row.value === null && "text-text-3")}>{text === "" ? <i className="text-text-3">empty</i> : text.slice(0, 1_000)}</span>
          <span className="flex opacity-0 group-focus-within:opacity-100 group-hover:opacity-100">
            <span title={why}><IconButton small label={`Edit ${row.key}`} disabled={why !== undefined} onClick={() => setDraft(editable(row.value))}><Pencil size={13} /></IconButton></span>
            <CopyButton text={text} label={`Copy the value of ${row.key.slice(0, 80)}`} />
          </span>
        </>
      ) : (
        <form className="min-w-0 flex-1" onSubmit={(event) => { event.preventDefault(); save() }}>
          <Input autoFocus aria-label={`Value of ${row.key}`} value={draft} className="h-6 font-mono text-dense" onChange={(event) => setDraft(event.target.value)} onBlur={save} onKeyDown={(event) => { if (event.key === "Escape") setDraft(null) }} />
        </form>
      )}
    </div>
  )
}

function NewParam({ ws, run, onClose }: { ws: string; run: Run; onClose: () => void }) {
  const [key, setKey] = useState("")
  const [value, setValue] = useState("")
  const { update } = useRunChanges(ws, run.id)
  const taken = key.trim() in run.params
  const add = async (): Promise<void> => {
    const name = key.trim()
    if (name !== "" && !taken && (await update({ params: { [name]: typed(value) } }, `Param ${name.slice(0, 60)} added`, { params: { [name]: null } }))) onClose()
  }
  return (
    <form className="flex flex-wrap items-center gap-2 border-b py-1.5" onSubmit={(event) => { event.preventDefault(); void add() }}>
      <Input autoFocus aria-label="Name of the param" placeholder="name" value={key} aria-invalid={taken} className="max-w-52 font-mono text-dense" onChange={(event) => setKey(event.target.value)} />
      <Input aria-label="Value of the param" placeholder="value, as text or JSON" value={value} className="min-w-32 flex-1 font-mono text-dense" onChange={(event) => setValue(event.target.value)} />
      <Button small kind="primary" type="submit" disabled={key.trim() === "" || taken}>Add</Button>
      <Button small kind="quiet" onClick={onClose}>Cancel</Button>
      {taken ? <span className="w-full text-dense text-bad">There is a param of that name; edit it below.</span> : null}
    </form>
  )
}
