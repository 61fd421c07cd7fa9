// Rename a run, give it a tag, write a note.
import { useQuery, useQueryClient } from "@tanstack/react-query"
import { useState } from "react"
import * as queries from "~/api/queries"
import { updateRun } from "~/domains/tracking/runs/actions"
import { Button } from "~/ui/Button"
import { Dialog } from "~/ui/Dialog"
import { Field, Input, Textarea } from "~/ui/Input"
import { Badge } from "~/ui/Status"

export interface Editing { what: "rename" | "tag" | "note"; id: string; name: string }

const TITLES = { rename: "Rename the run", tag: "Tag the run", note: "Note of the run" }

export function EditDialog({ ws, editing, onClose }: { ws: string; editing: Editing; onClose: () => void }) {
  const client = useQueryClient()
  const run = useQuery(queries.run(ws, editing.id))
  const [text, setText] = useState<string | null>(editing.what === "rename" ? editing.name : null)
  const [value, setValue] = useState("")
  const [busy, setBusy] = useState(false)
  const shown = text ?? (editing.what === "note" ? (run.data?.notes ?? "") : "")
  const name = editing.name.length > 40 ? `${editing.name.slice(0, 40)}…` : editing.name
  const save = async () => {
    setBusy(true)
    const key = shown.trim()
    const done = editing.what === "rename" ? await updateRun(client, ws, editing.id, { name: shown }, { name: editing.name }, "Run renamed")
      : editing.what === "note" ? await updateRun(client, ws, editing.id, { notes: shown }, { notes: run.data?.notes ?? "" }, `Note of ${name} saved`)
        : await updateRun(client, ws, editing.id, { tags: { [key]: value } }, { tags: { [key]: run.data?.tags[key] ?? null } }, `${name} tagged ${key}`)
    setBusy(false)
    if (done) onClose()
  }
  const why = editing.what === "note" ? (run.data ? undefined : "The note is being loaded") : shown.trim() ? undefined : editing.what === "tag" ? "A tag needs a key" : "A run needs a name"
  return (
    <Dialog
      open onOpenChange={(open) => { if (!open) onClose() }} title={TITLES[editing.what]} description={name} wide={editing.what === "note"}
      actions={<><Button kind="quiet" onClick={onClose}>Cancel</Button><Button kind="primary" disabled={busy} why={why} onClick={() => { void save() }}>Save</Button></>}
    >
      <form onSubmit={(event) => { event.preventDefault(); if (!why) void save() }} className="flex flex-col gap-2 pt-1">
        {editing.what === "note" ? (
          <Field label="Note" hint="Markdown is shown on the run's page">{(ids) => <Textarea {...ids} autoFocus rows={10} value={shown} onChange={(event) => setText(event.target.value)} />}</Field>
        ) : (
          <Field label={editing.what === "tag" ? "Key" : "Name"}>{(ids) => <Input {...ids} autoFocus maxLength={editing.what === "tag" ? 250 : 500} value={shown} onChange={(event) => setText(event.target.value)} onFocus={(event) => event.currentTarget.select()} />}</Field>
        )}
        {editing.what === "tag" ? (
          <>
            <Field label="Value" hint="May be empty">{(ids) => <Input {...ids} value={value} onChange={(event) => setValue(event.target.value)} />}</Field>
            <div className="flex flex-wrap gap-1">{Object.entries(run.data?.tags ?? {}).slice(0, 30).map(([key, each]) => <Badge key={key} mono title={`${key}: ${each}`}>{`${key}: ${each}`}</Badge>)}</div>
          </>
        ) : null}
        <button type="submit" className="hidden" aria-hidden tabIndex={-1} />
      </form>
    </Dialog>
  )
}
