import { Tooltip } from "@base-ui/react/tooltip"
import type { ReactElement } from "react"
import { Kbd } from "./Kbd"

export const TipProvider = Tooltip.Provider

/** A short text beside one focusable element, on hover and on focus. */
export function Tip({ label, keys, children, side = "bottom" }: { label: string; keys?: string; children: ReactElement; side?: "top" | "bottom" | "left" | "right" }) {
  return (
    <Tooltip.Root>
      <Tooltip.Trigger render={children} delay={350} />
      <Tooltip.Portal>
        <Tooltip.Positioner sideOffset={6} side={side} className="z-50">
          <Tooltip.Popup className="flex max-w-80 items-center gap-2 rounded-control bg-text px-2 py-1 text-dense break-words text-bg shadow-float">
            {label}
            {keys ? <Kbd inverse>{keys}</Kbd> : null}
          </Tooltip.Popup>
        </Tooltip.Positioner>
      </Tooltip.Portal>
    </Tooltip.Root>
  )
}
