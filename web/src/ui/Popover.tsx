import { Popover as Base } from "@base-ui/react/popover"
import type { ReactElement, ReactNode } from "react"
import { cn } from "./cn"

export const popupClass = "rounded-panel bg-raised text-text shadow-float outline-none"

export interface PopoverProps {
  /** A button. */
  trigger: ReactElement
  children: ReactNode
  label?: string
  align?: "start" | "center" | "end"
  open?: boolean
  onOpenChange?: (open: boolean) => void
  className?: string
}

export function Popover({ trigger, children, label, align = "start", open, onOpenChange, className }: PopoverProps) {
  return (
    <Base.Root {...(open === undefined ? {} : { open })} {...(onOpenChange ? { onOpenChange: (next: boolean) => onOpenChange(next) } : {})}>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner sideOffset={4} align={align} collisionPadding={8} className="z-40">
          <Base.Popup aria-label={label} className={cn(popupClass, "max-h-[min(70vh,560px)] max-w-[calc(100vw-16px)] overflow-auto p-3", className)}>
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}
