import type { ReactNode } from "react"
import { cn } from "./cn"

/** A part of a page: a heading on a line, and what belongs to it. No card around it. */
export function Section({ title, note, actions, children, className }: { title: string; note?: ReactNode; actions?: ReactNode; children: ReactNode; className?: string }) {
  return (
    <section aria-label={title} className={className}>
      <header className="flex h-9 items-center gap-2 border-b">
        <h2 className="m-0 text-body font-semibold">{title}</h2>
        {note ? <span className="text-dense text-text-3">{note}</span> : null}
        <span className="ml-auto flex items-center gap-1">{actions}</span>
      </header>
      {children}
    </section>
  )
}

/** A page's own title line with its main actions. */
export function PageHead({ title, note, children }: { title: string; note?: ReactNode; children?: ReactNode }) {
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-2 px-4 pt-4 pb-3 md:px-6">
      <h1 className="m-0 text-page font-semibold tracking-tight">{title}</h1>
      {note ? <span className="text-text-3">{note}</span> : null}
      <div className="ml-auto flex flex-wrap items-center gap-2">{children}</div>
    </div>
  )
}

/** Facts by name, in two columns. */
export function Facts({ items, className }: { items: { name: string; value: ReactNode }[]; className?: string }) {
  return (
    <dl className={cn("m-0", className)}>
      {items.map(({ name, value }) => (
        <div key={name} className="flex min-h-8 items-center justify-between gap-4 border-b py-1">
          <dt className="text-text-2">{name}</dt>
          <dd className="m-0 min-w-0 text-right break-words">{value}</dd>
        </div>
      ))}
    </dl>
  )
}
