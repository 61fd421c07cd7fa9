// Saved views, shared with the charts: the same names, the same params. What the other page keeps in a view stays in it.
import { keepPreviousData, queryOptions, useQuery, useQueryClient } from "@tanstack/react-query"
import { Bookmark, Check, ChevronDown, Save } from "lucide-react"
import { useState } from "react"
import { call } from "~/api/client"
import { errorText } from "~/api/errors"
import type { View } from "~/api/types_gen"
import { list, text } from "~/search"
import { Button } from "~/ui/Button"
import { Checkbox } from "~/ui/Checkbox"
import { Field, Input } from "~/ui/Input"
import { Dialog } from "~/ui/Dialog"
import { Menu, MenuItem, MenuSeparator } from "~/ui/Menu"
import { toast } from "~/ui/toast"
import type { TrackingSearch } from "../search"

const TEXTS = ["q", "baseline", "layout"] as const
const LISTS = ["sort", "group", "cols", "pins"] as const

const savedViews = (ws: string, experiment: string) =>
  queryOptions({
    queryKey: [ws, "views", experiment],
    queryFn: async ({ signal }) => (await call("views_listed", { experiment_id: experiment }, undefined, { ws, signal })).items,
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  })

/** The params of the table in a view; what the view does not have is taken away. */
export function searchOf(view: Pick<View, "id" | "state">): Partial<TrackingSearch> {
  const out: Record<string, unknown> = { v: view.id || undefined, shown: view.state["shown"] === "deleted" ? "deleted" : undefined }
  for (const name of TEXTS) out[name] = text(view.state[name])
  for (const name of LISTS) out[name] = list(view.state[name])
  return out
}

/** A view's state with the params of the table. One order or group is a text, as the charts write it. */
export function stateOf(search: TrackingSearch, before: Record<string, unknown> = {}): Record<string, unknown> {
  const out: Record<string, unknown> = { ...before }
  for (const name of [...TEXTS, ...LISTS, "shown"] as const) {
    const value = search[name]
    if (value === undefined) delete out[name]
    else out[name] = Array.isArray(value) && value.length === 1 && name !== "cols" ? value[0] : value
  }
  return out
}

export interface ViewsMenuProps {
  ws: string
  experiment: string
  search: TrackingSearch
  set: (change: Partial<TrackingSearch>) => void
}

export function ViewsMenu({ ws, experiment, search, set }: ViewsMenuProps) {
  const client = useQueryClient()
  const found = useQuery(savedViews(ws, experiment))
  const [saving, setSaving] = useState(false)
  const all = found.data ?? []
  const current = all.find((view) => view.id === search.v)
  const tried = async (work: () => Promise<unknown>, said: string) => {
    try {
      await work()
      toast(said)
    } catch (error) {
      toast(errorText(error), { bad: true })
    }
    void client.invalidateQueries({ queryKey: [ws, "views", experiment] })
  }
  return (
    <>
      <Menu align="end" trigger={<Button className="max-w-40" icon={<Bookmark size={14} />}><span className="truncate">{current?.name ?? "Views"}</span><ChevronDown size={14} className="text-text-3" /></Button>}>
        {all.length === 0 ? <div className="max-w-56 px-2 py-1.5 text-dense text-text-3">No view is saved yet. A view keeps filter, order, groups and columns by a name.</div> : null}
        {all.map((view) => <MenuItem key={view.id} icon={view.id === search.v ? <Check size={14} /> : null} onSelect={() => set(searchOf(view))}>{view.name}</MenuItem>)}
        <MenuSeparator />
        <MenuItem icon={<Save size={14} />} onSelect={() => setSaving(true)}>Save as a new view</MenuItem>
        {current ? <MenuItem icon={<Save size={14} />} onSelect={() => { void tried(() => call("views_update", { view_id: current.id }, { state: stateOf(search, current.state) }, { ws }), `View ${current.name} saved`) }}>{`Save over ${current.name}`}</MenuItem> : null}
        <MenuItem onSelect={() => set(searchOf({ id: "", state: {} }))}>Back to the plain view</MenuItem>
      </Menu>
      {saving ? <SaveDialog onClose={() => setSaving(false)} onSave={(name, shared) => {
        setSaving(false)
        void tried(async () => set({ v: (await call("views_create", { experiment_id: experiment }, { name, shared, state: stateOf(search) }, { ws })).id }), `View ${name} saved`)
      }} /> : null}
    </>
  )
}

function SaveDialog({ onClose, onSave }: { onClose: () => void; onSave: (name: string, shared: boolean) => void }) {
  const [name, setName] = useState("")
  const [shared, setShared] = useState(true)
  const save = () => { if (name.trim()) onSave(name.trim(), shared) }
  return (
    <Dialog open onOpenChange={(open) => { if (!open) onClose() }} title="Save as a view" actions={<><Button kind="quiet" onClick={onClose}>Cancel</Button><Button kind="primary" why={name.trim() ? undefined : "a view needs a name"} onClick={save}>Save</Button></>}>
      <form className="flex flex-col gap-2 pt-1" onSubmit={(event) => { event.preventDefault(); save() }}>
        <Field label="Name">{(ids) => <Input {...ids} autoFocus maxLength={200} value={name} onChange={(event) => setName(event.target.value)} />}</Field>
        <Checkbox checked={shared} onChange={setShared} label="Shared with all members of the workspace" text />
      </form>
    </Dialog>
  )
}
