// Folders and files; a folder is read when it is first opened. Arrow keys move, as in any tree.
import { useQuery } from "@tanstack/react-query"
import { ChevronDown, ChevronRight, File, FileCode, FileImage, FileJson, FileText, Folder, FolderOpen, Sheet } from "lucide-react"
import { useState, type ComponentType, type KeyboardEvent } from "react"
import { errorText } from "~/api/errors"
import * as queries from "~/api/queries"
import type { Artifact } from "~/api/types_gen"
import { cn } from "~/ui/cn"
import { bytes } from "~/ui/format"
import { kindOf, nameOf, type Kind } from "./kinds"

interface TreeProps {
  ws: string
  run: string
  selected: string
  onOpen: (path: string) => void
}

const ICONS: Partial<Record<Kind, ComponentType<{ size?: number; className?: string }>>> = {
  image: FileImage, svg: FileImage, json: FileJson, table: Sheet, notebook: FileCode, html: FileCode, diff: FileCode, markdown: FileText, text: FileText,
}

export function ArtifactTree(props: TreeProps) {
  return (
    <div role="tree" aria-label="Files of the run" onKeyDown={move}>
      <Level {...props} path="" depth={0} />
    </div>
  )
}

const MANY = 500

function Level({ path, depth, ...rest }: TreeProps & { path: string; depth: number }) {
  const [shown, setShown] = useState(MANY)
  const { data, error, isPending } = useQuery(queries.artifacts(rest.ws, rest.run, path))
  const indent = { paddingLeft: 8 + depth * 14 }
  if (isPending) return <div style={indent} className="h-7 pl-6 leading-7 text-text-3">Loading…</div>
  if (error) return <div style={indent} role="alert" className="min-h-7 leading-7 text-bad">{errorText(error)}</div>
  const items = [...(data?.items ?? [])].sort((one, two) => Number(two.is_dir) - Number(one.is_dir))
  return (
    <div role={depth > 0 ? "group" : "presentation"}>
      {items.slice(0, shown).map((item) => <Entry key={item.path} {...rest} item={item} depth={depth} />)}
      {items.length > shown ? <button type="button" style={indent} className="h-7 text-accent hover:underline" onClick={() => setShown(shown + 2_000)}>{items.length - shown} more</button> : null}
      {items.length === 0 ? <div style={indent} className="h-7 leading-7 text-text-3">Empty</div> : null}
    </div>
  )
}

function Entry({ item, depth, ...rest }: TreeProps & { item: Artifact; depth: number }) {
  const within = item.is_dir && rest.selected.startsWith(`${item.path}/`)
  const [wanted, setWanted] = useState<boolean | null>(null)
  const open = wanted ?? (within || (item.is_dir && rest.selected === item.path))
  const selected = rest.selected === item.path
  const Icon = item.is_dir ? (open ? FolderOpen : Folder) : (ICONS[kindOf(item)] ?? File)
  return (
    <>
      <button
        type="button"
        role="treeitem"
        aria-level={depth + 1}
        aria-selected={selected}
        {...(item.is_dir ? { "aria-expanded": open } : {})}
        title={item.path}
        onClick={() => { if (item.is_dir) setWanted(!open); rest.onOpen(item.path) }}
        style={{ paddingLeft: 8 + depth * 14 }}
        className={cn("flex h-7 w-full cursor-default items-center gap-1.5 pr-3 text-left", selected ? "bg-accent-soft" : "hover:bg-hover")}
      >
        <span className="w-3.5 shrink-0 text-text-3">{item.is_dir ? open ? <ChevronDown size={14} /> : <ChevronRight size={14} /> : null}</span>
        <Icon size={14} className={cn("shrink-0", item.is_dir ? "text-accent" : "text-text-3")} />
        <span dir="auto" className="min-w-0 flex-1 truncate">{nameOf(item.path)}</span>
        {item.is_dir ? null : <span className={cn("shrink-0 font-mono text-[11px]", selected ? "text-text-2" : "text-text-3")}>{bytes(item.size)}</span>}
      </button>
      {open ? <Level {...rest} path={item.path} depth={depth + 1} /> : null}
    </>
  )
}

function move(event: KeyboardEvent<HTMLElement>): void {
  const items = [...event.currentTarget.querySelectorAll<HTMLElement>("[role=treeitem]")]
  const at = items.indexOf(document.activeElement as HTMLElement)
  const item = items[at]
  if (!item) return
  const open = item.getAttribute("aria-expanded")
  if (event.key === "ArrowDown") items[at + 1]?.focus()
  else if (event.key === "ArrowUp") items[at - 1]?.focus()
  else if (event.key === "ArrowRight" && open === "false") item.click()
  else if (event.key === "ArrowLeft" && open === "true") item.click()
  else return
  event.preventDefault()
}
