import { Bookmark, CircleStop, Copy, ExternalLink, Eye, NotebookPen, Pencil, Pin, Tag, Trash2 } from "lucide-react"
import type { ReactElement } from "react"
import { useGo } from "~/link"
import { paths } from "~/paths"
import { copyText } from "~/ui/clipboard"
import { Menu, MenuItem, MenuSeparator } from "~/ui/Menu"
import { toast } from "~/ui/toast"

export type RunDeed = "focus" | "eye" | "solo" | "colour" | "pin" | "baseline" | "rename" | "tag" | "note" | "stop" | "delete"

export interface RunMenuProps {
  ws: string
  id: string
  state: string
  pinned: boolean
  baseline: boolean
  trigger: ReactElement
  onDeed: (deed: RunDeed) => void
}

export function RunMenu({ ws, id, state, pinned, baseline, trigger, onDeed }: RunMenuProps) {
  const go = useGo()
  const ended = state !== "running" && state !== "queued"
  return (
    <Menu trigger={trigger} align="end">
      <MenuItem icon={<ExternalLink size={14} />} onSelect={() => go(paths.run(ws, id))}>Open</MenuItem>
      <MenuItem icon={<Eye size={14} />} onSelect={() => onDeed("solo")}>Draw alone</MenuItem>
      <MenuItem icon={<Pin size={14} />} keys="P" onSelect={() => onDeed("pin")}>{pinned ? "Unpin" : "Pin to the top"}</MenuItem>
      <MenuItem icon={<Bookmark size={14} />} keys="B" onSelect={() => onDeed("baseline")}>{baseline ? "No baseline any more" : "Make it the baseline"}</MenuItem>
      <MenuItem icon={<Copy size={14} />} onSelect={() => { void copyText(id).then(() => toast("Run id copied")) }}>Copy id</MenuItem>
      <MenuSeparator />
      <MenuItem icon={<Pencil size={14} />} onSelect={() => onDeed("rename")}>Rename</MenuItem>
      <MenuItem icon={<Tag size={14} />} onSelect={() => onDeed("tag")}>Tag</MenuItem>
      <MenuItem icon={<NotebookPen size={14} />} onSelect={() => onDeed("note")}>Note</MenuItem>
      <MenuSeparator />
      <MenuItem icon={<CircleStop size={14} />} disabled={ended} onSelect={() => onDeed("stop")}>{ended ? "Stop (it has ended)" : "Stop"}</MenuItem>
      <MenuItem icon={<Trash2 size={14} />} danger onSelect={() => onDeed("delete")}>Delete</MenuItem>
    </Menu>
  )
}
