import { Checkbox as Base } from "@base-ui/react/checkbox"
import { Check, Minus } from "lucide-react"

export interface CheckboxProps {
  checked: boolean
  indeterminate?: boolean
  onChange: (checked: boolean) => void
  /** Accessible name, shown when `text` is set. */
  label: string
  text?: boolean
}

export function Checkbox({ checked, indeterminate = false, onChange, label, text }: CheckboxProps) {
  const box = (
    <Base.Root
      checked={checked}
      indeterminate={indeterminate}
      onCheckedChange={(next) => onChange(next)}
      {...(text ? {} : { "aria-label": label })}
      className="inline-flex size-4 shrink-0 items-center justify-center rounded-control border border-border-strong bg-surface data-checked:border-accent data-checked:bg-accent data-indeterminate:border-accent data-indeterminate:bg-accent"
    >
      <Base.Indicator className="text-on-accent">{indeterminate ? <Minus size={12} /> : <Check size={12} />}</Base.Indicator>
    </Base.Root>
  )
  return text ? <label className="inline-flex cursor-default items-center gap-2">{box}{label}</label> : box
}
