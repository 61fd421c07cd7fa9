import { Menu as Base } from "@base-ui/react/menu"
import { Check } from "lucide-react"
import type { ReactElement, ReactNode } from "react"
import { cn } from "./cn"
import { Kbd } from "./Kbd"
import { popupClass } from "./Popover"

const itemClass =
  "flex h-7 cursor-default items-center gap-2 rounded-control px-2 text-body outline-none select-none data-highlighted:bg-hover data-disabled:opacity-45"

export interface MenuProps {
  trigger: ReactElement
  children: ReactNode
  align?: "start" | "center" | "end"
  side?: "top" | "bottom" | "left" | "right"
}

export function Menu({ trigger, children, align = "start", side = "bottom" }: MenuProps) {
  return (
    <Base.Root>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner sideOffset={4} align={align} side={side} collisionPadding={8} className="z-40">
          <Base.Popup className={cn(popupClass, "max-h-[70vh] min-w-44 overflow-auto p-1")}>{children}</Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}

export interface MenuItemProps {
  children: ReactNode
  icon?: ReactNode
  keys?: string
  danger?: boolean
  disabled?: boolean
  onSelect: () => void
}

export function MenuItem({ children, icon, keys, danger, disabled, onSelect }: MenuItemProps) {
  return (
    <Base.Item className={cn(itemClass, danger && "text-bad")} onClick={onSelect} {...(disabled ? { disabled } : {})}>
      <span className="flex w-4 justify-center text-text-3">{icon}</span>
      <span className="flex-1 truncate">{children}</span>
      {keys ? <Kbd>{keys}</Kbd> : null}
    </Base.Item>
  )
}

/** One choice of several, the chosen one with a check mark. */
export function MenuChoices<T extends string>({ value, onChange, options, label }: { value: T; onChange: (value: T) => void; options: { value: T; label: string }[]; label?: string }) {
  return (
    <Base.RadioGroup value={value} onValueChange={(next) => onChange(next as T)}>
      {label ? <Base.GroupLabel className={menuLabel}>{label}</Base.GroupLabel> : null}
      {options.map((option) => (
        <Base.RadioItem key={option.value} value={option.value} className={itemClass}>
          <span className="flex w-4 justify-center"><Base.RadioItemIndicator><Check size={14} /></Base.RadioItemIndicator></span>
          {option.label}
        </Base.RadioItem>
      ))}
    </Base.RadioGroup>
  )
}

/** A switch inside a menu. */
export function MenuCheck({ checked, onChange, children }: { checked: boolean; onChange: (checked: boolean) => void; children: ReactNode }) {
  return (
    <Base.CheckboxItem checked={checked} onCheckedChange={(next) => onChange(next)} className={itemClass}>
      <span className="flex w-4 justify-center"><Base.CheckboxItemIndicator><Check size={14} /></Base.CheckboxItemIndicator></span>
      <span className="flex-1 truncate">{children}</span>
    </Base.CheckboxItem>
  )
}

const menuLabel = "px-2 pt-1.5 pb-1 text-dense text-text-3"

export function MenuSeparator() {
  return <Base.Separator className="mx-1 my-1 h-px bg-border" />
}
