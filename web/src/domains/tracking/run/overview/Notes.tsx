// Notes in Markdown: read, and written with a preview. What is typed survives a closed tab.
import { Pencil } from "lucide-react"
import { useState } from "react"
import type { Run } from "~/api/types_gen"
import { Button } from "~/ui/Button"
import { Textarea } from "~/ui/Input"
import { Segmented } from "~/ui/Tabs"
import { useWhyFixed } from "../access"
import { useRunChanges } from "../change"
import { Markdown } from "./Markdown"
import { Section } from "./Section"

const slot = (id: string): string => `mw-draft-notes-${id}`

function kept(id: string): string | null {
  try { return sessionStorage.getItem(slot(id)) } catch { return null }
}

function keep(id: string, text: string | null): void {
  try {
    if (text === null) sessionStorage.removeItem(slot(id))
    else sessionStorage.setItem(slot(id), text)
  } catch { /* storage may be off */ }
}

export function Notes({ ws, run }: { ws: string; run: Run }) {
  const [draft, setDraft] = useState<string | null>(() => kept(run.id))
  const [view, setView] = useState<"write" | "preview">("write")
  const [busy, setBusy] = useState(false)
  const why = useWhyFixed(ws, run)
  const { update } = useRunChanges(ws, run.id)
  const write = (text: string | null): void => {
    keep(run.id, text)
    setDraft(text)
  }
  const save = async (): Promise<void> => {
    if (draft === null) return
    setBusy(true)
    const done = draft === run.notes || (await update({ notes: draft }, "Notes saved", { notes: run.notes }))
    setBusy(false)
    if (done) write(null)
  }
  if (draft === null) {
    return (
      <Section title="Notes" actions={<Button small kind="quiet" icon={<Pencil size={13} />} why={why} onClick={() => { setView("write"); write(run.notes) }}>{run.notes ? "Edit" : "Write"}</Button>}>
        {run.notes ? <Markdown text={run.notes} className="py-2" /> : <p className="m-0 py-2 text-text-3">No notes. What was tried, and why? Markdown works.</p>}
      </Section>
    )
  }
  return (
    <Section title="Notes" actions={<Segmented label="Notes" value={view} onChange={setView} options={[{ value: "write", label: "Write" }, { value: "preview", label: "Preview" }]} />}>
      <div className="flex flex-col gap-2 py-2">
        {view === "write" ? (
          <Textarea
            autoFocus
            aria-label="Notes"
            dir="auto"
            rows={Math.min(24, Math.max(6, draft.split("\n").length + 1))}
            value={draft}
            className="font-mono text-dense"
            onChange={(event) => write(event.target.value)}
            onKeyDown={(event) => { if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) void save() }}
          />
        ) : <Markdown text={draft} className="min-h-28" />}
        <div className="flex items-center gap-2">
          <Button small kind="primary" why={why} disabled={busy} onClick={() => void save()}>Save</Button>
          <Button small kind="quiet" onClick={() => write(null)}>Cancel</Button>
          <span className="text-dense text-text-3 max-sm:hidden">Ctrl+Enter saves</span>
        </div>
      </div>
    </Section>
  )
}
