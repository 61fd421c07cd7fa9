import { useState } from "react"
import { panelSize, rememberPanelSize } from "~/ui/preferences"
import { metricOf } from "../runs/columns"

const USUAL: Record<string, number> = { name: 240, state: 112, start_ms: 116, end_ms: 116, duration: 92, kind: 92, user: 96, group: 120, parent_id: 130 }

export function usualWidth(id: string): number {
  return USUAL[id] ?? (metricOf(id) ? 124 : 112)
}

/** Widths of columns, remembered by the browser. 0 sets the usual one. */
export function useWidths(): { widthOf: (id: string) => number; setWidth: (id: string, width: number, done: boolean) => void } {
  const [own, setOwn] = useState<Record<string, number>>({})
  const widthOf = (id: string) => own[id] ?? panelSize(`column-${id}`, usualWidth(id))
  const setWidth = (id: string, width: number, done: boolean) => {
    const next = width > 0 ? width : usualWidth(id)
    setOwn((old) => ({ ...old, [id]: next }))
    if (done) rememberPanelSize(`column-${id}`, next)
  }
  return { widthOf, setWidth }
}
