// Sections of panels as one virtual list: 10,000 metrics are a few thousand rows, of which the visible ones exist.
import { useVirtualizer } from "@tanstack/react-virtual"
import { memo, useCallback, useDeferredValue, useEffect, useMemo, useRef } from "react"
import { Button } from "~/ui/Button"
import { count } from "~/ui/format"
import { Skeleton } from "~/ui/Skeleton"
import { Panel, useWidth } from "./Panel"
import { matcher, rowsOf, TOP } from "./sections"
import { SectionHead } from "./SectionHead"
import { change, useView } from "./store"

const SIZES = { s: { width: 180, height: 150 }, m: { width: 250, height: 196 }, l: { width: 460, height: 320 } } as const
const GAP = 8

export const ChartGrid = memo(function ChartGrid({ keys, rare, loading }: { keys: readonly string[]; rare: (key: string) => boolean; loading: boolean }) {
  const scroll = useRef<HTMLDivElement>(null)
  const [inner, width] = useWidth()
  const panels = useDeferredValue(useView((view) => view.panels))
  const prefix = useView((view) => view.prefix)
  const shut = useView((view) => view.shut)
  const order = useView((view) => view.order)
  const titles = useView((view) => view.titles)
  const top = useView((view) => view.top)
  const size = SIZES[useView((view) => view.size)]
  const columns = Math.max(1, Math.floor((width + GAP) / (size.width + GAP)))
  const panelWidth = Math.max(0, Math.floor((width - GAP * (columns - 1)) / columns))
  const found = useMemo(() => (panels ? keys.filter(matcher(panels)) : keys), [keys, panels])
  const rows = useMemo(() => rowsOf(found, { prefix, shut, top: panels ? [] : top, open: panels !== "", order, rare }, columns), [found, prefix, shut, top, panels, order, columns, rare])
  const names = useMemo(() => rows.flatMap((row) => (row.kind === "head" && row.name !== TOP ? [row.name] : [])), [rows])
  const virtual = useVirtualizer({
    count: width > 0 ? rows.length : 0,
    getScrollElement: () => scroll.current,
    estimateSize: (index) => (rows[index]?.kind === "head" ? 32 : size.height + GAP),
    getItemKey: useCallback((index: number) => { const row = rows[index]; return row ? `${row.kind} ${row.name} ${row.kind === "panels" ? row.at : ""}` : index }, [rows]),
    overscan: 2,
  })
  useEffect(() => { virtual.measure() }, [virtual, size.height, columns, rows])
  return (
    <div ref={scroll} className="min-h-0 flex-1 overflow-y-auto px-3 pb-3" tabIndex={0} role="group" aria-label="Charts">
      <div ref={inner} className="relative" style={{ height: Math.max(1, virtual.getTotalSize()) }}>
        {loading && keys.length === 0 ? <Waiting columns={columns} height={size.height} /> : null}
        {virtual.getVirtualItems().map((item) => {
          const row = rows[item.index]
          if (!row) return null
          return (
            <div key={item.key} className="absolute top-0 left-0 w-full" style={{ height: item.size, transform: `translateY(${item.start}px)` }}>
              {row.kind === "head" ? <SectionHead name={row.name} title={titles[row.name] ?? row.name} size={row.size} open={row.open} fixed={panels !== ""} names={names} /> : (
                <div className="grid" style={{ gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))`, gap: GAP, height: size.height }}>
                  {row.keys.map((key) => <Panel key={key} metric={key} section={row.name} width={panelWidth} eager={panels === ""} />)}
                </div>
              )}
            </div>
          )
        })}
      </div>
      {!loading && keys.length > 0 && found.length === 0 ? (
        <div className="flex flex-col items-center gap-2 py-14 text-text-2">
          <span>None of {count(keys.length)} metrics matches <code>{panels}</code>.</span>
          <Button small onClick={() => change({ panels: "" }, "panels")}>Show all</Button>
        </div>
      ) : null}
    </div>
  )
})

function Waiting({ columns, height }: { columns: number; height: number }) {
  return (
    <div role="status" aria-label="Loading charts" className="pt-8">
      <div className="grid gap-2" style={{ gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))` }}>
        {Array.from({ length: columns * 2 }, (_, at) => <div key={at} className="rounded-panel border p-2.5" style={{ height }}><Skeleton className="h-3 w-1/3" /><Skeleton className="mt-3 h-[80%] w-full" /></div>)}
      </div>
    </div>
  )
}
