// Saved views: the whole state by a name, for oneself or for all.
import { keepPreviousData, queryOptions, useQuery, useQueryClient } from "@tanstack/react-query"
import { Bookmark, Check, ChevronDown, Link2, Save, Trash2 } from "lucide-react"
import { useState } from "react"
import { call } from "~/api/client"
import { errorText } from "~/api/errors"
import { Button } from "~/ui/Button"
import { Checkbox } from "~/ui/Checkbox"
import { cn } from "~/ui/cn"
import { copyText } from "~/ui/clipboard"
import { Dialog } from "~/ui/Dialog"
import { Field, Input } from "~/ui/Input"
import { Menu, MenuItem, MenuSeparator } from "~/ui/Menu"
import { toast } from "~/ui/toast"
import { addressOf } from "./copies"
import { PLAIN, readView, writeView } from "./state"
import { change, useView, useWorkspace } from "./store"

export const views = (ws: string, experiment: string) =>
  queryOptions({
    queryKey: [ws, "views", experiment],
    queryFn: async ({ signal }) => (await call("views_listed", { experiment_id: experiment }, undefined, { ws, signal })).items,
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  })

export function ViewsMenu({ ws, experiment }: { ws: string; experiment: string }) {
  const client = useQueryClient()
  const found = useQuery(views(ws, experiment))
  const chosen = useView((view) => view.v)
  const [saving, setSaving] = useState(false)
  const list = found.data ?? []
  const current = list.find((view) => view.id === chosen)
  const fresh = () => client.invalidateQueries({ queryKey: [ws, "views", experiment] })
  const tried = async (work: () => Promise<unknown>, said: string, undo?: () => Promise<unknown>) => {
    try {
      await work()
      toast(said, undo ? { undo: async () => { await undo(); void fresh() } } : {})
    } catch (error) {
      toast(errorText(error), { bad: true })
    }
    void fresh()
  }
  const state = () => writeView({ ...useWorkspace.getState().view, v: "" })
  return (
    <>
      <Menu align="end" trigger={<Button className="max-w-44" icon={<Bookmark size={14} />}><span className={cn("truncate", !current && "max-2xl:sr-only")}>{current?.name ?? "Views"}</span><ChevronDown size={14} className="text-text-3" /></Button>}>
        {list.length === 0 ? <div className="max-w-56 px-2 py-1.5 text-dense text-text-3">No view is saved yet. A view keeps filter, eyes, colours, axes and layout by a name.</div> : null}
        {list.map((view) => (
          <MenuItem key={view.id} icon={view.id === chosen ? <Check size={14} /> : null} onSelect={() => change({ ...readView(view.state), v: view.id }, "view")}>
            {view.name}{view.shared ? <span className="ml-2 text-dense text-text-3">shared</span> : null}
          </MenuItem>
        ))}
        <MenuSeparator />
        <MenuItem icon={<Save size={14} />} onSelect={() => setSaving(true)}>Save as a new view</MenuItem>
        {current ? (
          <>
            <MenuItem icon={<Save size={14} />} onSelect={() => { const before = current.state; void tried(() => call("views_update", { view_id: current.id }, { state: state() }, { ws }), `View ${current.name} saved`, () => call("views_update", { view_id: current.id }, { state: before }, { ws })) }}>{`Save over ${current.name}`}</MenuItem>
            <MenuItem icon={<Link2 size={14} />} onSelect={() => { void copyText(location.origin + addressOf({ ...PLAIN, v: current.id })).then(() => toast("Link to the view copied")) }}>Copy link to this view</MenuItem>
            <MenuItem icon={<Trash2 size={14} />} danger onSelect={() => { change({ v: "" }, ""); void tried(() => call("views_delete", { view_id: current.id }, undefined, { ws }), `View ${current.name} deleted`, () => call("views_create", { experiment_id: experiment }, { name: current.name, shared: current.shared, state: current.state }, { ws })) }}>{`Delete ${current.name}`}</MenuItem>
          </>
        ) : null}
        <MenuSeparator />
        <MenuItem onSelect={() => change({ ...PLAIN }, "view")}>Back to the plain view</MenuItem>
      </Menu>
      {saving ? (
        <SaveDialog
          taken={list.map((view) => view.name)} onClose={() => setSaving(false)}
          onSave={(name, shared) => {
            setSaving(false)
            void tried(async () => { const made = await call("views_create", { experiment_id: experiment }, { name, shared, state: state() }, { ws }); change({ v: made.id }, "") }, `View ${name} saved`)
          }}
        />
      ) : null}
    </>
  )
}

function SaveDialog({ taken, onClose, onSave }: { taken: readonly string[]; onClose: () => void; onSave: (name: string, shared: boolean) => void }) {
  const [name, setName] = useState("")
  const [shared, setShared] = useState(true)
  const why = !name.trim() ? "A view needs a name" : undefined
  return (
    <Dialog
      open onOpenChange={(open) => { if (!open) onClose() }} title="Save as a view"
      actions={<><Button kind="quiet" onClick={onClose}>Cancel</Button><Button kind="primary" why={why} onClick={() => onSave(name.trim(), shared)}>Save</Button></>}
    >
      <form className="flex flex-col gap-2 pt-1" onSubmit={(event) => { event.preventDefault(); if (!why) onSave(name.trim(), shared) }}>
        <Field label="Name" hint={taken.includes(name.trim()) ? "There is a view of that name already" : ""}>{(ids) => <Input {...ids} autoFocus maxLength={200} value={name} onChange={(event) => setName(event.target.value)} />}</Field>
        <Checkbox checked={shared} onChange={setShared} label="Shared with all members of the workspace" text />
      </form>
    </Dialog>
  )
}
