// Choose a column of runs by name: params, metrics, tags, summaries and the fixed fields, searched as one types.
import { Check } from "lucide-react"
import { useId, useMemo, useRef, useState, type ReactElement } from "react"
import { cn } from "~/ui/cn"
import { Input } from "~/ui/Input"
import { Popover } from "~/ui/Popover"
import { labelOf } from "./columns"

export interface FieldOption {
  /** Name of the column: `params.lr`. */
  column: string
  /** How many runs have it; absent for fixed fields. */
  runs?: number
  hint?: string
}

export interface FieldPickerProps {
  trigger: ReactElement
  label: string
  options: readonly FieldOption[]
  chosen: readonly string[]
  onPick: (column: string) => void
  /** Stays open, for lists of several. */
  many?: boolean
  /** The first entry, for none: "No grouping". */
  none?: string
  open?: boolean
  onOpenChange?: (open: boolean) => void
}

const MOST = 200
const GROUPS: [string, string][] = [["params.", "Params"], ["metrics.", "Metrics"], ["summary.", "Summary"], ["tags.", "Tags"]]

function groupOf(column: string): string {
  return GROUPS.find(([start]) => column.startsWith(start))?.[1] ?? "Run"
}

/** The options that hold all words, best first where the name begins with them. */
export function found(options: readonly FieldOption[], words: string): FieldOption[] {
  const parts = words.toLowerCase().split(/\s+/).filter(Boolean)
  if (parts.length === 0) return options.slice(0, MOST)
  const first: FieldOption[] = []
  const rest: FieldOption[] = []
  for (const option of options) {
    const name = option.column.toLowerCase()
    const label = labelOf(option.column).toLowerCase()
    if (!parts.every((part) => name.includes(part) || label.includes(part))) continue
    if (label.startsWith(parts[0] ?? "")) first.push(option)
    else rest.push(option)
  }
  return [...first, ...rest].slice(0, MOST)
}

export function FieldPicker(props: FieldPickerProps) {
  const [own, setOwn] = useState(false)
  const open = props.open ?? own
  const setOpen = (next: boolean) => { setOwn(next); props.onOpenChange?.(next) }
  return (
    <Popover trigger={props.trigger} label={props.label} open={open} onOpenChange={setOpen} className="w-80 p-0">
      {open ? <Choices {...props} close={() => setOpen(false)} /> : null}
    </Popover>
  )
}

function Choices({ label, options, chosen, onPick, many, none, close }: FieldPickerProps & { close: () => void }) {
  const [words, setWords] = useState("")
  const [at, setAt] = useState(0)
  const list = useRef<HTMLDivElement>(null)
  const id = useId()
  const shown = useMemo(() => {
    const all = found(options, words)
    return none !== undefined && !words ? [{ column: "", hint: none }, ...all] : all
  }, [options, words, none])
  const pick = (column: string) => { onPick(column); if (!many) close() }
  const move = (to: number) => {
    const next = Math.max(0, Math.min(shown.length - 1, to))
    setAt(next)
    list.current?.querySelector(`[data-at="${next}"]`)?.scrollIntoView({ block: "nearest" })
  }
  return (
    <div className="flex max-h-[420px] flex-col">
      <div className="border-b p-2">
        <Input
          autoFocus role="combobox" aria-expanded aria-controls={id} aria-label={label} placeholder={label} value={words}
          {...(shown[at] ? { "aria-activedescendant": `${id}-${at}` } : {})}
          onChange={(event) => { setWords(event.target.value); setAt(0) }}
          onKeyDown={(event) => {
            if (event.key === "ArrowDown") move(at + 1)
            else if (event.key === "ArrowUp") move(at - 1)
            else if (event.key === "Enter" && shown[at]) pick(shown[at].column)
            else return
            event.preventDefault()
          }}
        />
      </div>
      <div ref={list} id={id} role="listbox" aria-label={label} className="min-h-0 flex-1 overflow-auto p-1">
        {shown.length === 0 ? <p className="m-0 px-2 py-3 text-text-3">Nothing goes by that name.</p> : null}
        {shown.map((option, index) => {
          const group = option.column ? groupOf(option.column) : ""
          const before = shown[index - 1]
          const heading = group && (!before?.column || groupOf(before.column) !== group) ? group : ""
          const on = option.column ? chosen.includes(option.column) : chosen.length === 0
          return (
            <div key={option.column}>
              {heading ? <div className="px-2 pt-2 pb-0.5 text-dense text-text-3">{heading}</div> : null}
              <button
                type="button" role="option" id={`${id}-${index}`} data-at={index} aria-selected={on} tabIndex={-1}
                onPointerMove={() => setAt(index)} onClick={() => pick(option.column)}
                className={cn("flex h-7 w-full cursor-default items-center gap-2 rounded-control px-2 text-left", index === at && "bg-hover")}
              >
                <span className="flex w-4 shrink-0 justify-center text-accent">{on ? <Check size={14} /> : null}</span>
                <span title={option.column} className="min-w-0 flex-1 truncate">{option.column ? labelOf(option.column) : option.hint}</span>
                {option.runs === undefined ? null : <span className="shrink-0 text-dense text-text-3">{option.runs}</span>}
              </button>
            </div>
          )
        })}
      </div>
    </div>
  )
}
