import { useQuery } from "@tanstack/react-query"
import { Check, Plus } from "lucide-react"
import { useState } from "react"
import * as queries from "~/api/queries"
import { Button } from "~/ui/Button"
import { SearchInput } from "~/ui/Input"
import { Popover } from "~/ui/Popover"
import { Status } from "~/ui/Status"
import { Ago } from "~/ui/Time"
import { Dot } from "../table/cells"

export interface AddRunsProps {
  ws: string
  experiment: string
  chosen: readonly string[]
  onToggle: (id: string) => void
  why?: string | undefined
  primary?: boolean
}

/** Look for runs by name and take them into the comparison. */
export function AddRuns({ why, primary, ...rest }: AddRunsProps) {
  const [open, setOpen] = useState(false)
  return (
    <Popover open={open} onOpenChange={setOpen} label="Add runs" className="w-96 p-0!" trigger={<Button {...(primary ? { kind: "primary" as const } : {})} why={why} icon={<Plus size={14} />}>Add runs</Button>}>
      {open ? <Found {...rest} /> : null}
    </Popover>
  )
}

function Found({ ws, experiment, chosen, onToggle }: Omit<AddRunsProps, "why" | "primary">) {
  const [words, setWords] = useState("")
  const parts = words.split(/\s+/).filter(Boolean).map((word) => `run_name ILIKE '%${word.replaceAll("'", "''")}%'`)
  const found = useQuery(queries.runs(ws, { experiments: [experiment], filter: parts.join(" AND "), max_results: 50, with_data: false }))
  const items = found.data?.items ?? []
  return (
    <>
      <div className="border-b p-2"><SearchInput value={words} onChange={setWords} label="Search runs by name" /></div>
      <div role="listbox" aria-label="Runs" aria-multiselectable className="h-72 overflow-auto p-1">
        {items.map((run) => {
          const on = chosen.some((id) => run.id.endsWith(id))
          return (
            <button key={run.id} type="button" role="option" aria-selected={on} onClick={() => onToggle(run.id)} className="flex h-7 w-full cursor-default items-center gap-2 rounded-control px-2 text-left hover:bg-hover">
              <span className="flex w-4 shrink-0 justify-center text-accent">{on ? <Check size={14} /> : null}</span>
              <Dot id={run.id} />
              <span className="min-w-0 flex-1 truncate" title={run.name}>{run.name}</span>
              <Status state={run.state} bare />
              <span className="w-24 text-right text-dense text-text-3"><Ago at={run.start_ms} /></span>
            </button>
          )
        })}
        {found.data && items.length === 0 ? <p className="m-0 px-2 py-3 text-text-3">No run goes by that name.</p> : null}
      </div>
    </>
  )
}
