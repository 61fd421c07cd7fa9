import { Check, Minus } from "lucide-react"
import { cn } from "~/ui/cn"

/** The checkbox of a row: looks as the others, but weighs little, for there are many and they come and go while one scrolls. */
export function Tick({ checked, partly, label, onTick }: { checked: boolean; partly: boolean; label: string; onTick: (range: boolean) => void }) {
  const on = checked || partly
  return (
    <button
      type="button"
      role="checkbox"
      tabIndex={-1}
      aria-label={label}
      aria-checked={partly ? "mixed" : checked}
      onClick={(event) => { event.stopPropagation(); onTick(event.shiftKey) }}
      className={cn("inline-flex size-4 shrink-0 cursor-default items-center justify-center rounded-control border text-on-accent", on ? "border-accent bg-accent" : "border-border-strong bg-surface")}
    >
      {partly ? <Minus size={12} /> : checked ? <Check size={12} /> : null}
    </button>
  )
}
