import { FolderPlus, GitCompareArrows, RotateCcw, Square, Tag, Trash2, X } from "lucide-react"
import { useState } from "react"
import { Button } from "~/ui/Button"
import { Field, Input } from "~/ui/Input"
import { plural } from "~/ui/format"
import { IconButton } from "~/ui/IconButton"
import { Popover, popupClass } from "~/ui/Popover"
import { cn } from "~/ui/cn"
import { changeRuns, type Bulk } from "./bulk"

export const MOST_COMPARED = 50

export interface BulkBarProps {
  ws: string
  ids: readonly string[]
  deleted: boolean
  onCompare: () => void
  onClear: () => void
  /** Something changed: read the rows again. */
  onChanged: () => void
}

/** What can be done with the chosen runs; floats over the table while there are any. */
export function BulkBar({ ws, ids, deleted, onCompare, onClear, onChanged }: BulkBarProps) {
  const act = (bulk: Bulk, clear = false) => { void changeRuns(ws, ids, bulk, onChanged).then((done) => { if (done && clear) onClear() }) }
  const compare = ids.length < 2 ? "choose at least two runs" : ids.length > MOST_COMPARED ? `at most ${MOST_COMPARED} runs can be compared` : undefined
  return (
    <div role="toolbar" aria-label="Chosen runs" className={cn(popupClass, "absolute bottom-4 left-1/2 z-30 flex -translate-x-1/2 items-center gap-1 p-1 pl-3")}>
      <span className="mr-2 font-medium whitespace-nowrap" aria-live="polite">{plural(ids.length, "run")}</span>
      {deleted ? (
        <Button kind="quiet" icon={<RotateCcw size={14} />} onClick={() => act({ done: "Restored", change: { action: "restore" }, undo: { action: "delete" } }, true)}>Restore</Button>
      ) : (
        <>
          <Button kind="quiet" icon={<GitCompareArrows size={14} />} why={compare} onClick={onCompare}>Compare</Button>
          <TagForm onTag={(key, value) => act({ done: `Tagged ${key} on`, change: { update: { tags: { [key]: value } } } })} />
          <GroupForm onGroup={(group) => act({ done: group ? `Added to ${group}:` : "Taken out of groups:", change: { update: { group } } })} />
          <Button kind="quiet" icon={<Square size={14} />} onClick={() => act({ done: "Asked to stop", change: { action: "stop" } })}>Stop</Button>
          <Button kind="quiet" icon={<Trash2 size={14} />} className="text-bad hover:text-bad" onClick={() => act({ done: "Deleted", change: { action: "delete" }, undo: { action: "restore" } }, true)}>Delete</Button>
        </>
      )}
      <IconButton label="Choose none" keys="Esc" onClick={onClear}><X size={14} /></IconButton>
    </div>
  )
}

function TagForm({ onTag }: { onTag: (key: string, value: string | null) => void }) {
  const [open, setOpen] = useState(false)
  const [key, setKey] = useState("")
  const [value, setValue] = useState("")
  return (
    <Popover open={open} onOpenChange={setOpen} label="Tag" className="w-64" trigger={<Button kind="quiet" icon={<Tag size={14} />}>Tag</Button>}>
      <form className="flex flex-col gap-1" onSubmit={(event) => { event.preventDefault(); if (!key.trim()) return; onTag(key.trim(), value === "" ? null : value); setOpen(false) }}>
        <Field label="Tag">{(ids) => <Input {...ids} value={key} onChange={(event) => setKey(event.target.value)} placeholder="stage" autoFocus />}</Field>
        <Field label="Value" hint="Leave it empty to remove the tag.">{(ids) => <Input {...ids} value={value} onChange={(event) => setValue(event.target.value)} />}</Field>
        <div className="mt-1 flex justify-end"><Button kind="primary" type="submit" why={key.trim() ? undefined : "a tag needs a name"}>{value === "" && key.trim() ? "Remove tag" : "Set tag"}</Button></div>
      </form>
    </Popover>
  )
}

function GroupForm({ onGroup }: { onGroup: (group: string) => void }) {
  const [open, setOpen] = useState(false)
  const [group, setGroup] = useState("")
  return (
    <Popover open={open} onOpenChange={setOpen} label="Group" className="w-64" trigger={<Button kind="quiet" icon={<FolderPlus size={14} />}>Group</Button>}>
      <form className="flex flex-col gap-1" onSubmit={(event) => { event.preventDefault(); onGroup(group.trim()); setOpen(false) }}>
        <Field label="Group" hint="Leave it empty to take the runs out of their groups.">{(ids) => <Input {...ids} value={group} onChange={(event) => setGroup(event.target.value)} autoFocus />}</Field>
        <div className="mt-1 flex justify-end"><Button kind="primary" type="submit">{group.trim() ? "Add to group" : "Take out of groups"}</Button></div>
      </form>
    </Popover>
  )
}
