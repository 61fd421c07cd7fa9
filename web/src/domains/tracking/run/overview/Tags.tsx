// Tags: a name alone or a name with a value, added and removed in place, each with a way back.
import { Plus, X } from "lucide-react"
import { useState } from "react"
import type { Run } from "~/api/types_gen"
import { Button } from "~/ui/Button"
import { Input } from "~/ui/Input"
import { useWhyFixed } from "../access"
import { useRunChanges } from "../change"
import { Section } from "./Section"
import { natural } from "./values"

export function Tags({ ws, run }: { ws: string; run: Run }) {
  const [draft, setDraft] = useState<string | null>(null)
  const [all, setAll] = useState(false)
  const why = useWhyFixed(ws, run)
  const { update } = useRunChanges(ws, run.id)
  // Tags of the machinery (mlflow.user …) come after those of people.
  const keys = Object.keys(run.tags).sort((one, two) => Number(one.startsWith("mlflow.")) - Number(two.startsWith("mlflow.")) || natural(one, two))
  const shown = all ? keys : keys.slice(0, 30)
  const add = (): void => {
    const [key = "", value = ""] = split(draft ?? "")
    setDraft(null)
    if (key !== "" && run.tags[key] !== value) void update({ tags: { [key]: value } }, "Tag added", { tags: { [key]: run.tags[key] ?? null } })
  }
  return (
    <Section title="Tags" actions={<Button small kind="quiet" icon={<Plus size={14} />} why={why} onClick={() => setDraft("")}>Add</Button>}>
      <div role="list" aria-label="Tags" className="flex flex-wrap gap-1.5 py-2">
        {shown.map((key) => (
          <span role="listitem" key={key} title={`${key} = ${run.tags[key] ?? ""}`} className="group inline-flex h-6 max-w-full items-center gap-1 rounded-control border bg-surface pl-2 text-dense">
            <span dir="auto" className="max-w-40 truncate text-text-2">{key}</span>
            {run.tags[key] ? <span dir="auto" className="max-w-52 truncate font-medium">{run.tags[key]}</span> : null}
            <button
              type="button"
              disabled={why !== undefined}
              title={why}
              aria-label={`Remove the tag ${key}`}
              onClick={() => void update({ tags: { [key]: null } }, "Tag removed", { tags: { [key]: run.tags[key] ?? "" } })}
              className="inline-flex size-5.5 items-center justify-center rounded-control text-text-3 hover:bg-hover hover:text-text disabled:opacity-40"
            >
              <X size={12} />
            </button>
          </span>
        ))}
        {keys.length > shown.length ? <button type="button" className="h-6 text-dense text-accent hover:underline" onClick={() => setAll(true)}>{keys.length - shown.length} more</button> : null}
        {keys.length === 0 && draft === null ? <span className="text-text-3">No tags.</span> : null}
        {draft === null ? null : (
          <form className="w-full" onSubmit={(event) => { event.preventDefault(); add() }}>
            <Input autoFocus aria-label="New tag" dir="auto" placeholder="name or name=value, then Enter" value={draft} className="h-6 text-dense" onChange={(event) => setDraft(event.target.value)} onBlur={add} onKeyDown={(event) => { if (event.key === "Escape") setDraft(null) }} />
          </form>
        )}
      </div>
    </Section>
  )
}

function split(text: string): [string, string] {
  const at = text.search(/[=:]/)
  return at < 1 ? [text.trim(), ""] : [text.slice(0, at).trim(), text.slice(at + 1).trim()]
}
