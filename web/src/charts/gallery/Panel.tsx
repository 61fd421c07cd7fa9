import { type ReactNode, type Ref, useRef } from "react"
import { ChartMenu } from "~/charts/ChartMenu"
import type { ChartHandle } from "~/charts/export"

/** As a room's panel looks: a heading, a menu, a chart. */
export function Panel({ title, height = 220, children }: { title: string; height?: number; children: (ref: Ref<ChartHandle>) => ReactNode }) {
  const chart = useRef<ChartHandle>(null)
  return (
    <section className="rounded-panel border border-border bg-surface" aria-label={title}>
      <header className="flex items-center gap-2 px-3 pt-2">
        <h2 className="m-0 flex-1 truncate text-dense font-medium">{title}</h2>
        <ChartMenu chart={chart} />
      </header>
      <div style={{ height, padding: "0 0 4px 4px" }}>{children(chart)}</div>
    </section>
  )
}
