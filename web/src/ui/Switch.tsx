import { Switch as Base } from "@base-ui/react/switch"

export function Switch({ checked, onChange, label, disabled }: { checked: boolean; onChange: (checked: boolean) => void; label: string; disabled?: boolean }) {
  return (
    <label className="inline-flex cursor-default items-center gap-2">
      <Base.Root
        checked={checked}
        onCheckedChange={(next) => onChange(next)}
        {...(disabled ? { disabled } : {})}
        className="relative inline-flex h-4 w-7 shrink-0 rounded-full border border-border-strong bg-hover transition-colors duration-100 data-checked:border-accent data-checked:bg-accent"
      >
        <Base.Thumb className="absolute top-px left-px size-3 rounded-full bg-text-3 transition-transform duration-100 data-checked:translate-x-3 data-checked:bg-on-accent" />
      </Base.Root>
      {label}
    </label>
  )
}
