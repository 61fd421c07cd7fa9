import type { ComponentProps, ReactNode } from "react"
import { cn } from "./cn"

export type ButtonKind = "primary" | "normal" | "quiet" | "danger"

const KINDS: Record<ButtonKind, string> = {
  primary: "border-transparent bg-accent text-on-accent hover:brightness-110",
  normal: "border-border-strong bg-surface text-text hover:bg-hover",
  quiet: "border-transparent bg-transparent text-text-2 hover:bg-hover hover:text-text",
  danger: "border-transparent bg-bad text-on-accent hover:brightness-110",
}

export const controlBase =
  "inline-flex h-7 shrink-0 items-center justify-center gap-1.5 rounded-control border px-2.5 text-body font-medium whitespace-nowrap select-none cursor-default transition-colors duration-75 disabled:opacity-45 disabled:pointer-events-none"

export interface ButtonProps extends ComponentProps<"button"> {
  kind?: ButtonKind
  icon?: ReactNode
  /** Why it cannot be used now; disables it and says so on hover. */
  why?: string | undefined
  small?: boolean
}

export function Button({ kind = "normal", icon, why, small, className, children, ...rest }: ButtonProps) {
  const button = (
    <button type="button" {...rest} disabled={rest.disabled ?? why !== undefined} className={cn(controlBase, KINDS[kind], small && "h-6 px-2 text-dense", className)}>
      {icon}
      {children}
    </button>
  )
  // A disabled button gets no pointer events, so the reason hangs on a wrapper.
  return why === undefined ? button : <span title={why} className="inline-flex cursor-not-allowed">{button}</span>
}

/** Classes for links that look like buttons. */
export function buttonClass(kind: ButtonKind = "normal"): string {
  return cn(controlBase, KINDS[kind])
}
