import { cn } from "./cn"

/** A key, as it is written on it. */
export function Kbd({ children, inverse }: { children: string; inverse?: boolean }) {
  return (
    <kbd className={cn("inline-flex h-4.5 min-w-4.5 items-center justify-center rounded-control border px-1 text-[11px] leading-none", inverse ? "border-text-3 text-bg" : "border-border-strong bg-bg text-text-2")}>
      {children}
    </kbd>
  )
}
