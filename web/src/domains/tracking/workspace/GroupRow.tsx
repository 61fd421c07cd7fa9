import { ChevronDown, ChevronRight, Eye, EyeOff } from "lucide-react"
import { hover } from "~/charts/bus"
import type { Look } from "~/charts/palette"
import { count } from "~/ui/format"
import { GROUP } from "./scene"
import { Mark, useColour } from "./Swatch"

export interface GroupRowProps {
  group: string
  rows: readonly number[]
  drawn: number
  look: Look | undefined
  folded: boolean
  onFold: () => void
  onEyes: (open: boolean) => void
}

export function GroupRow({ group, rows, drawn, look, folded, onFold, onEyes }: GroupRowProps) {
  const colour = useColour(look, GROUP + group)
  const name = group || "without a value"
  return (
    <div
      data-run={GROUP + group} className="flex h-7 items-center gap-0.5 border-b bg-surface pr-2 pl-1.5 data-[hovered]:bg-hover"
      onPointerEnter={() => hover(GROUP + group)} onPointerLeave={() => hover(null)}
    >
      <span className="sticky left-1.5 flex min-w-0 items-center gap-0.5">
      <button
        type="button" aria-label={drawn > 0 ? `Hide the group ${name}` : `Draw the group ${name}`} aria-pressed={drawn > 0} onClick={() => onEyes(drawn === 0)}
        className="inline-flex size-6 shrink-0 cursor-default items-center justify-center rounded-control text-text-2 hover:bg-border hover:text-text"
      >
        {drawn > 0 ? <Eye size={14} /> : <EyeOff size={14} className="text-text-3" />}
      </button>
      <span className="inline-flex size-5 items-center justify-center"><Mark colour={colour} look={look} hollow={drawn === 0} /></span>
      <button type="button" aria-expanded={!folded} onClick={onFold} className="flex min-w-0 flex-1 cursor-default items-center gap-1 text-left">
        <span title={group} className="min-w-0 truncate font-medium">{group || <span className="text-text-3">without a value</span>}</span>
        {folded ? <ChevronRight size={13} className="shrink-0 text-text-3" /> : <ChevronDown size={13} className="shrink-0 text-text-3" />}
      </button>
      <span className="ml-1.5 shrink-0 text-dense text-text-3">{drawn < rows.length ? `${count(drawn)} of ${count(rows.length)}` : count(rows.length)}</span>
      </span>
    </div>
  )
}
