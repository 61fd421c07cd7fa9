// A part of the overview: a title with what can be done beside it, and its content under a rule.
import type { ReactNode } from "react"

export function Section({ title, note, actions, children }: { title: string; note?: ReactNode; actions?: ReactNode; children: ReactNode }) {
  return (
    <section aria-label={title} className="flex min-w-0 flex-col">
      <header className="flex h-9 items-center gap-2 border-b">
        <h2 className="m-0 text-body font-semibold">{title}</h2>
        {note ? <span className="text-dense text-text-3">{note}</span> : null}
        <div className="ml-auto flex items-center gap-1">{actions}</div>
      </header>
      {children}
    </section>
  )
}

/** A line of facts: a name and what it is. */
export function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="flex min-h-7 items-start gap-3 py-1">
      <dt className="w-28 shrink-0 text-text-3">{name}</dt>
      <dd className="m-0 flex min-w-0 flex-1 items-start gap-1 break-words [overflow-wrap:anywhere]">{children}</dd>
    </div>
  )
}
