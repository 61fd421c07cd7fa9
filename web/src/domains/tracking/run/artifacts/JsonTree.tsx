// JSON as a tree that is opened level by level; long texts and long lists are opened by hand.
import { ChevronDown, ChevronRight } from "lucide-react"
import { useState } from "react"
import { cn } from "~/ui/cn"
import { plural } from "~/ui/format"

const MANY = 200
const LONG = 300

export function JsonTree({ data }: { data: unknown }) {
  return <div className="w-max min-w-full px-3 py-2 font-mono text-dense sm:px-4"><Node name={null} value={data} depth={0} /></div>
}

function Node({ name, value, depth }: { name: string | null; value: unknown; depth: number }) {
  const nested = typeof value === "object" && value !== null
  const entries: [string, unknown][] = nested ? (Array.isArray(value) ? value.map((each, at) => [String(at), each]) : Object.entries(value)) : []
  const [open, setOpen] = useState(depth < 2 && entries.length <= 100)
  const [shown, setShown] = useState(MANY)
  const [whole, setWhole] = useState(false)
  const label = name === null ? null : <span className="text-text-2">{name}<span className="text-text-3">: </span></span>
  if (!nested) {
    const text = typeof value === "string" ? JSON.stringify(value) : String(value)
    return (
      <div style={{ paddingLeft: 16 }} className="max-w-[90ch] leading-5 break-words whitespace-pre-wrap">
        {label}
        <span className={cn(typeof value === "string" ? "text-ok" : value === null ? "text-text-3" : "text-running")}>{whole ? text : text.slice(0, LONG)}</span>
        {text.length > LONG && !whole ? <button type="button" className="ml-1 text-accent hover:underline" onClick={() => setWhole(true)}>… {text.length - LONG} more characters</button> : null}
      </div>
    )
  }
  const list = Array.isArray(value)
  return (
    <div>
      <button type="button" aria-expanded={open} onClick={() => setOpen(!open)} className="flex h-5 cursor-default items-center hover:bg-hover">
        <span className="inline-flex w-4 text-text-3">{open ? <ChevronDown size={12} /> : <ChevronRight size={12} />}</span>
        {label}
        <span className={cn("text-text-3", label !== null && "ml-1")}>{list ? `[${plural(entries.length, "item")}]` : `{${plural(entries.length, "key")}}`}</span>
      </button>
      {open ? (
        <div className="ml-[7px] border-l pl-2">
          {entries.slice(0, shown).map(([key, each]) => <Node key={key} name={key} value={each} depth={depth + 1} />)}
          {entries.length > shown ? <button type="button" className="pl-4 leading-5 text-accent hover:underline" onClick={() => setShown(shown + 1_000)}>{entries.length - shown} more</button> : null}
        </div>
      ) : null}
    </div>
  )
}
