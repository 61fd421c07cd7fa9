import { Search, X } from "lucide-react"
import { useId, type ComponentProps, type ReactNode, type Ref } from "react"
import { cn } from "./cn"

export const inputClass =
  "h-7 w-full min-w-0 rounded-control border border-border-strong bg-surface px-2 text-body text-text placeholder:text-text-3 aria-invalid:border-bad"

export function Input({ className, ...rest }: ComponentProps<"input">) {
  return <input autoComplete="off" spellCheck={false} {...rest} className={cn(inputClass, className)} />
}

export function Textarea({ className, ...rest }: ComponentProps<"textarea">) {
  return <textarea spellCheck={false} {...rest} className={cn(inputClass, "h-auto min-h-20 py-1.5 leading-5", className)} />
}

/** A label over a control, a hint or an error under it. The control is given the ids that tie them together. */
export function Field({ label, hint, error, children }: { label: string; hint?: string; error?: string | undefined; children: (ids: { id: string; "aria-describedby": string; "aria-invalid": boolean }) => ReactNode }) {
  const id = useId()
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="text-dense font-medium text-text-2">{label}</label>
      {children({ id, "aria-describedby": `${id}-note`, "aria-invalid": error !== undefined })}
      <p id={`${id}-note`} className={cn("m-0 text-dense", error ? "text-bad" : "text-text-3")}>{error ?? hint ?? ""}</p>
    </div>
  )
}

export interface SearchInputProps {
  value: string
  onChange: (value: string) => void
  label: string
  placeholder?: string
  onSubmit?: () => void
  mono?: boolean
  invalid?: boolean
  ref?: Ref<HTMLInputElement>
  className?: string
}

export function SearchInput({ value, onChange, label, placeholder, onSubmit, mono, invalid, ref, className }: SearchInputProps) {
  return (
    <div className={cn("relative flex min-w-0 items-center", className)}>
      <Search size={14} className="pointer-events-none absolute left-2 text-text-3" aria-hidden />
      <input
        ref={ref}
        type="search"
        role="searchbox"
        aria-label={label}
        aria-invalid={invalid === true}
        placeholder={placeholder ?? label}
        value={value}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter") onSubmit?.()
          if (event.key === "Escape") { if (value) onChange(""); else event.currentTarget.blur() }
        }}
        className={cn(inputClass, "pr-7 pl-7 [&::-webkit-search-cancel-button]:hidden", mono && "font-mono text-dense")}
      />
      {value ? (
        <button type="button" aria-label="Clear" onClick={() => { onChange("") }} className="absolute right-1 inline-flex size-5 items-center justify-center rounded-control text-text-3 hover:bg-hover hover:text-text"><X size={12} /></button>
      ) : null}
    </div>
  )
}
