import type { ReactNode } from "react"
import { cn } from "./cn"

/** A row of links that are the views of one thing. Give links the class of `tabClass`, and `aria-current="page"` to one. */
export function Tabs({ label, children, className }: { label: string; children: ReactNode; className?: string }) {
  return <nav aria-label={label} className={cn("flex h-9 items-stretch gap-1 overflow-x-auto", className)}>{children}</nav>
}

export function tabClass(active: boolean): string {
  return cn(
    "inline-flex items-center gap-1.5 border-b-2 px-2.5 pt-0.5 font-medium whitespace-nowrap",
    active ? "border-accent text-text" : "border-transparent text-text-2 hover:text-text",
  )
}

/** Two or three choices side by side. */
export function Segmented<T extends string>({ value, onChange, options, label }: { value: T; onChange: (value: T) => void; options: { value: T; label: string }[]; label: string }) {
  return (
    <div role="radiogroup" aria-label={label} className="inline-flex h-7 rounded-control border border-border-strong bg-surface p-px">
      {options.map((option) => (
        <button
          key={option.value}
          type="button"
          role="radio"
          aria-checked={option.value === value}
          onClick={() => onChange(option.value)}
          className={cn("cursor-default rounded-[3px] px-2 text-dense", option.value === value ? "bg-accent-soft font-medium text-text" : "text-text-2 hover:text-text")}
        >
          {option.label}
        </button>
      ))}
    </div>
  )
}
