import type { ComponentProps, ReactNode } from "react"
import { cn } from "./cn"
import { Tip } from "./Tooltip"

export interface IconButtonProps extends Omit<ComponentProps<"button">, "children"> {
  /** What it does; its accessible name and its tooltip. */
  label: string
  children: ReactNode
  /** Keys that do the same, shown in the tooltip. */
  keys?: string
  active?: boolean
  small?: boolean
}

export function IconButton({ label, keys, active, small, className, children, ...rest }: IconButtonProps) {
  return (
    <Tip label={label} {...(keys ? { keys } : {})}>
      <button
        type="button"
        aria-label={label}
        {...rest}
        {...(active === undefined ? {} : { "aria-pressed": active })}
        className={cn(
          "inline-flex shrink-0 cursor-default items-center justify-center rounded-control text-text-2 transition-colors duration-75 hover:bg-hover hover:text-text disabled:pointer-events-none disabled:opacity-40",
          small ? "size-6" : "size-7",
          active && "bg-accent-soft text-accent",
          className,
        )}
      >
        {children}
      </button>
    </Tip>
  )
}
