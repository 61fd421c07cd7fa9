// The filter of runs: a text in the language of the server, or rows of a builder that write the same text.
import { ListFilter, X } from "lucide-react"
import { useEffect, useRef, useState, type Ref } from "react"
import { ApiError } from "~/api/errors"
import { cn } from "~/ui/cn"
import { IconButton } from "~/ui/IconButton"
import { inputClass } from "~/ui/Input"
import { Popover } from "~/ui/Popover"
import type { FieldOption } from "./FieldPicker"
import { FilterRows } from "./FilterRows"
import { faultAt, toBuilder } from "./filter_text"

export interface FilterBoxProps {
  value: string
  onChange: (text: string) => void
  /** What the server refused, of the text that was sent. */
  error: unknown
  options: readonly FieldOption[]
  ws: string
  experiment: string
  ref?: Ref<HTMLInputElement>
  className?: string
}

const WAIT_MS = 350

/** Sends the text when the typist rests, at once on Enter. */
export function FilterBox({ value, onChange, error, options, ws, experiment, ref, className }: FilterBoxProps) {
  const [text, setText] = useState(value)
  const [open, setOpen] = useState(false)
  const [sent, setSent] = useState(value)
  const [seen, setSeen] = useState(value)
  const timer = useRef(0)
  if (value !== seen) {
    // An undo, a view or a link: the text is theirs unless it is what was typed here.
    setSeen(value)
    if (value !== sent) { setSent(value); setText(value) }
  }
  useEffect(() => () => clearTimeout(timer.current), [])
  const send = (next: string) => {
    clearTimeout(timer.current)
    if (next.trim() === sent) return
    setSent(next.trim())
    onChange(next.trim())
  }
  const type = (next: string) => {
    setText(next)
    clearTimeout(timer.current)
    timer.current = window.setTimeout(() => send(next), WAIT_MS)
  }
  const refused = error instanceof ApiError && error.kind === "invalid" && text.trim() === sent ? error : null
  const rows = toBuilder(text)?.length ?? null
  return (
    <div className={cn("min-w-0", className)}>
      <div className="relative flex items-center">
        <input
          ref={ref} type="text" role="searchbox" aria-label="Filter runs" placeholder="Filter: metrics.loss < 0.5" value={text} autoComplete="off" spellCheck={false}
          aria-invalid={refused !== null} aria-describedby={refused ? "filter-fault" : undefined}
          onChange={(event) => type(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter") send(text)
            if (event.key === "Escape") { if (text) { setText(""); send("") } else event.currentTarget.blur() }
          }}
          className={cn(inputClass, "pr-14 font-mono text-dense")}
        />
        <div className="absolute right-0.5 flex">
          {text ? <IconButton small label="Clear the filter" onClick={() => { setText(""); send("") }}><X size={12} /></IconButton> : null}
          <Popover
            open={open} onOpenChange={setOpen} align="start" label="Filter builder" className="w-[620px] p-3"
            trigger={<button type="button" aria-label="Filter builder" title="Filter builder" className={cn("inline-flex size-6 items-center justify-center rounded-control text-text-2 hover:bg-hover hover:text-text", text && "text-accent")}><ListFilter size={14} /></button>}
          >
            {open ? <FilterRows text={text} onChange={(next) => { setText(next); send(next) }} options={options} ws={ws} experiment={experiment} whole={rows === null} /> : null}
          </Popover>
        </div>
      </div>
      {refused ? <Fault text={sent} error={refused} /> : null}
    </div>
  )
}

/** The refusal, with the place in the text. */
function Fault({ text, error }: { text: string; error: ApiError }) {
  const at = faultAt(error.message)
  const said = error.message.replace(/ \(at character \d+.*?\)(?=\.|$)/s, "").replace(/\. Valid keys .*$/s, "").replace(/^Invalid clause\(s\) in filter string: /, "")
  return (
    <div id="filter-fault" role="alert" title={error.message} className="mt-1 text-dense text-bad">
      {at === null ? null : (
        <div className="overflow-hidden font-mono whitespace-pre text-text-2">
          {at > 24 ? "…" : ""}{text.slice(Math.max(0, at - 24), at)}
          <span className="rounded-[2px] bg-bad px-px text-on-accent">{text.slice(at, at + 1) || "␣"}</span>
          {text.slice(at + 1, at + 24)}
        </div>
      )}
      {said.charAt(0).toUpperCase() + said.slice(1)}
      {error.hint ? <span className="text-text-3"> — {error.hint}</span> : null}
    </div>
  )
}
