import { useQueryClient } from "@tanstack/react-query"
import { Ellipsis, Pencil, RotateCcw, Tags, Trash2 } from "lucide-react"
import { useState } from "react"
import { call } from "~/api/client"
import { errorText } from "~/api/errors"
import type { Experiment } from "~/api/types_gen"
import { Menu, MenuItem } from "~/ui/Menu"
import { toast } from "~/ui/toast"
import { NameDialog, PurgeDialog, TagsDialog } from "./dialogs"

export function RowMenu({ ws, item, deleted }: { ws: string; item: Experiment; deleted: boolean }) {
  const client = useQueryClient()
  const [open, setOpen] = useState<"name" | "tags" | "purge">()
  const params = { experiment_id: item.id }
  const changed = () => client.invalidateQueries({ queryKey: [ws, "experiments"] })
  const attempt = async (work: () => Promise<unknown>) => {
    try {
      await work()
      await changed()
    } catch (error) {
      toast(errorText(error), { bad: true })
    }
  }
  const restore = () => attempt(() => call("experiments_restore", params, undefined, { ws }))
  const remove = () => attempt(async () => {
    await call("experiments_delete", params, undefined, { ws })
    toast(`Deleted ${item.name} and its runs`, { undo: restore })
  })
  return (
    <>
      <Menu align="end" trigger={<button type="button" aria-label={`Actions for ${item.name}`} className="inline-flex size-7 items-center justify-center rounded-control text-text-3 hover:bg-hover hover:text-text"><Ellipsis size={16} /></button>}>
        {deleted ? (
          <>
            <MenuItem icon={<RotateCcw size={14} />} onSelect={() => void restore().then(() => toast(`Restored ${item.name}`))}>Restore</MenuItem>
            <MenuItem icon={<Trash2 size={14} />} danger onSelect={() => setOpen("purge")}>Delete for good…</MenuItem>
          </>
        ) : (
          <>
            <MenuItem icon={<Pencil size={14} />} onSelect={() => setOpen("name")}>Rename…</MenuItem>
            <MenuItem icon={<Tags size={14} />} onSelect={() => setOpen("tags")}>Edit tags…</MenuItem>
            <MenuItem icon={<Trash2 size={14} />} danger onSelect={() => void remove()}>Delete</MenuItem>
          </>
        )}
      </Menu>
      {open === "name" ? <NameDialog ws={ws} item={item} onClose={() => setOpen(undefined)} /> : null}
      {open === "tags" ? <TagsDialog ws={ws} item={item} onClose={() => setOpen(undefined)} /> : null}
      {open === "purge" ? <PurgeDialog ws={ws} item={item} onClose={() => setOpen(undefined)} /> : null}
    </>
  )
}
