import type { ReactNode, RefObject } from "react"
import { ChartMenu } from "~/charts/ChartMenu"
import type { ChartHandle } from "~/charts/export"
import { cn } from "~/ui/cn"
import { errorText } from "~/api/errors"
import { toast } from "~/ui/toast"

export interface PanelProps {
  title: string
  note?: ReactNode
  actions?: ReactNode
  className?: string
  /** The chart, to export it; null when there is none. */
  chart: RefObject<ChartHandle | null> | null
  children?: ReactNode
}

/** A chart with its title, what it was made of, and its menu. */
export function Panel({ title, note, actions, className, chart, children }: PanelProps) {
  return (
    <section aria-label={title} className={cn("flex min-h-0 min-w-0 flex-col rounded-panel border bg-surface", className)}>
      <header className="flex h-9 shrink-0 items-center gap-2 pr-1.5 pl-3">
        <h2 className="m-0 truncate text-body font-medium">{title}</h2>
        <div className="min-w-0 flex-1 truncate text-dense text-text-3">{note}</div>
        {actions}
        {chart ? <ChartMenu chart={chart} onError={(error) => toast(errorText(error), { bad: true })} /> : null}
      </header>
      <div className="min-h-0 flex-1 px-1.5 pb-1.5">{children}</div>
    </section>
  )
}

/** Why there is no chart, in its place. */
export function NoChart({ children }: { children: ReactNode }) {
  return <div className="flex h-full items-center justify-center px-6 text-center text-text-3"><p className="m-0 max-w-[44ch]">{children}</p></div>
}
