import { Select as Base } from "@base-ui/react/select"
import { Check, ChevronDown } from "lucide-react"
import { cn } from "./cn"
import { popupClass } from "./Popover"

export interface SelectProps<T extends string> {
  value: T
  onChange: (value: T) => void
  options: { value: T; label: string }[]
  label: string
  className?: string
  /** Show the label before the value. */
  prefix?: string
}

export function Select<T extends string>({ value, onChange, options, label, className, prefix }: SelectProps<T>) {
  return (
    <Base.Root value={value} items={options} onValueChange={(next) => { if (next !== null) onChange(next as T) }}>
      <Base.Trigger aria-label={label} className={cn("inline-flex h-7 cursor-default items-center gap-1.5 rounded-control border border-border-strong bg-surface px-2 text-body select-none hover:bg-hover", className)}>
        {prefix ? <span className="text-text-3">{prefix}</span> : null}
        <Base.Value className="min-w-0 flex-1 truncate text-left" />
        <Base.Icon className="text-text-3"><ChevronDown size={14} /></Base.Icon>
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner sideOffset={4} alignItemWithTrigger={false} collisionPadding={8} className="z-50">
          <Base.Popup className={cn(popupClass, "max-h-72 min-w-[var(--anchor-width)] overflow-auto p-1")}>
            {options.map((option) => (
              <Base.Item key={option.value} value={option.value} className="flex h-7 cursor-default items-center gap-2 rounded-control px-2 outline-none select-none data-highlighted:bg-hover">
                <span className="w-4"><Base.ItemIndicator><Check size={14} /></Base.ItemIndicator></span>
                <Base.ItemText className="truncate">{option.label}</Base.ItemText>
              </Base.Item>
            ))}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}
