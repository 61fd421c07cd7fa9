// The heading of a section of panels: folds it, is dragged to another place, is given another name.
import { ChevronDown, ChevronRight } from "lucide-react"
import { memo, useState } from "react"
import { cn } from "~/ui/cn"
import { count } from "~/ui/format"
import { inputClass } from "~/ui/Input"
import { movedTo, TOP } from "./sections"
import { change } from "./store"

const KIND = "application/x-modelwright-section"

interface SectionHeadProps {
  name: string
  /** What it is called here. */
  title: string
  size: number
  open: boolean
  /** While panels are searched, sections stay as they are. */
  fixed: boolean
  /** All sections in their order. */
  names: readonly string[]
}

function move(names: readonly string[], name: string, target: string | undefined): void {
  if (target !== undefined && target !== name) change({ order: movedTo(names, name, target) }, "order of sections")
}

export const SectionHead = memo(function SectionHead({ name, title, size, open, fixed, names }: SectionHeadProps) {
  const [editing, setEditing] = useState(false)
  const [over, setOver] = useState(false)
  const movable = !fixed && name !== TOP
  const rename = (text: string) => {
    setEditing(false)
    change((view) => ({ titles: Object.fromEntries([...Object.entries(view.titles).filter(([each]) => each !== name), ...(text.trim() && text.trim() !== name ? [[name, text.trim()]] : [])]) as Record<string, string> }), "name of a section")
  }
  if (editing) {
    return (
      <input
        autoFocus aria-label={`Name of the section ${name}`} defaultValue={title} placeholder={name} className={cn(inputClass, "my-0.5 w-64")}
        onFocus={(event) => event.currentTarget.select()} onBlur={(event) => rename(event.currentTarget.value)}
        onKeyDown={(event) => { if (event.key === "Enter") rename(event.currentTarget.value); if (event.key === "Escape") setEditing(false); event.stopPropagation() }}
      />
    )
  }
  return (
    <h2
      className={cn("m-0 flex h-8 items-center text-body", over && "shadow-[inset_0_2px_0_var(--accent)]")}
      onDragOver={(event) => { if (movable && event.dataTransfer.types.includes(KIND)) { event.preventDefault(); setOver(true) } }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => { setOver(false); move(names, event.dataTransfer.getData(KIND), name) }}
    >
      <button
        type="button" aria-expanded={open} disabled={fixed} draggable={movable}
        title={movable ? `${name}: drag it, or Alt and an arrow key, to another place; double click or F2 to name it` : name}
        className="flex min-w-0 cursor-default items-center gap-1 rounded-control py-0.5 pr-2 font-medium hover:bg-hover disabled:hover:bg-transparent"
        onDragStart={(event) => { event.dataTransfer.setData(KIND, name); event.dataTransfer.effectAllowed = "move" }}
        onDoubleClick={() => { if (movable) setEditing(true) }}
        onKeyDown={(event) => {
          if (!movable) return
          if (event.key === "F2") setEditing(true)
          else if (event.altKey && event.key === "ArrowUp") move(names, name, names[names.indexOf(name) - 1])
          else if (event.altKey && event.key === "ArrowDown") move(names, name, names[names.indexOf(name) + 1])
          else return
          event.preventDefault()
        }}
        onClick={() => change((view) => ({ shut: open ? [...view.shut, name] : view.shut.filter((each) => each !== name) }), "section")}
      >
        {open ? <ChevronDown size={14} className="shrink-0 text-text-3" /> : <ChevronRight size={14} className="shrink-0 text-text-3" />}
        <span className="truncate">{title}</span>
        <span className="ml-1 text-dense font-normal text-text-3">{count(size)}</span>
      </button>
    </h2>
  )
})
