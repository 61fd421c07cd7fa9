import { Dialog as Base } from "@base-ui/react/dialog"
import { X } from "lucide-react"
import type { ReactNode } from "react"
import { cn } from "./cn"
import { popupClass } from "./Popover"

export interface DialogProps {
  open: boolean
  onOpenChange: (open: boolean) => void
  title: string
  description?: string
  children: ReactNode
  /** Buttons, right-aligned, the main one last. */
  actions?: ReactNode
  wide?: boolean
}

export function Dialog({ open, onOpenChange, title, description, children, actions, wide }: DialogProps) {
  return (
    <Base.Root open={open} onOpenChange={(next) => onOpenChange(next)}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-40 bg-text/25 dark:bg-bg/60" />
        <Base.Popup className={cn(popupClass, "fixed top-[12vh] left-1/2 z-40 flex max-h-[76vh] w-[calc(100vw-32px)] -translate-x-1/2 flex-col", wide ? "max-w-[760px]" : "max-w-[440px]")}>
          <header className="flex items-start gap-3 px-4 pt-4 pb-2">
            <div className="min-w-0 flex-1">
              <Base.Title className="m-0 text-title font-semibold">{title}</Base.Title>
              {description ? <Base.Description className="m-0 mt-1 text-text-2">{description}</Base.Description> : null}
            </div>
            <Base.Close aria-label="Close" className="inline-flex size-7 items-center justify-center rounded-control text-text-3 hover:bg-hover hover:text-text"><X size={16} /></Base.Close>
          </header>
          <div className="min-h-0 flex-1 overflow-auto px-4 pb-4">{children}</div>
          {actions ? <footer className="flex justify-end gap-2 border-t px-4 py-3">{actions}</footer> : null}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  )
}
