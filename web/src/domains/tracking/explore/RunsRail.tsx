import { X } from "lucide-react"
import { useMemo } from "react"
import { hover } from "~/charts/bus"
import { Link } from "~/link"
import { paths } from "~/paths"
import { Button } from "~/ui/Button"
import { count, number } from "~/ui/format"
import { SkeletonRows } from "~/ui/Skeleton"
import { VirtualList } from "~/ui/VirtualList"
import { shortId } from "../runs/ids"
import type { RunRows } from "../runs/rows"
import { Dot } from "../table/cells"
import type { Goal } from "../table/goals"
import { valueOf } from "./model"

export interface RunsRailProps {
  ws: string
  rows: RunRows
  target: string
  loading: boolean
  goal: Goal | null
  /** The runs that pass what is brushed; null for all. */
  kept: ReadonlySet<string> | null
  onClear: () => void
  /** Write what is brushed into the filter; null when only a region of a chart was circled. */
  onApply: (() => void) | null
  onCompare: (ids: string[]) => void
}

const COMPARED = 5

/** The runs behind the charts, the best first. */
export function RunsRail({ ws, rows, target, loading, goal, kept, onClear, onApply, onCompare }: RunsRailProps) {
  const order = useMemo(() => {
    const places = rows.ids.flatMap((id, row) => (kept === null || kept.has(id) ? [row] : []))
    const value = (row: number) => { const found = valueOf(rows, target, row); return typeof found === "number" && !Number.isNaN(found) ? found : null }
    const sign = goal === "max" ? -1 : 1
    return places.sort((a, b) => {
      const [one, two] = [value(a), value(b)]
      return one === null ? (two === null ? 0 : 1) : two === null ? -1 : sign * (one - two)
    })
  }, [rows, kept, target, goal])
  const row = (at: number) => {
    const place = order[at]!
    const id = rows.ids[place]!
    const value = valueOf(rows, target, place)
    return (
      <div className="flex h-7 items-center gap-2 px-3 hover:bg-hover" onPointerEnter={() => hover(id)} onPointerLeave={() => hover(null)}>
        <Dot id={id} />
        <Link to={paths.run(ws, id)} title={rows.name(place)} className="min-w-0 flex-1 truncate hover:text-accent hover:underline">{rows.name(place)}</Link>
        <span className="font-mono text-dense">{typeof value === "number" ? number(value) : <span className="text-text-3">–</span>}</span>
      </div>
    )
  }
  return (
    <aside aria-label="Runs" className="hidden w-64 shrink-0 flex-col border-l lg:flex">
      <div className="flex h-9 shrink-0 items-center gap-2 border-b px-3">
        <h2 role="status" className="m-0 flex-1 text-body font-medium whitespace-nowrap">{kept ? <>{count(order.length)} <span className="font-normal text-text-3">of {count(rows.count)}</span></> : <>{loading ? "Runs" : `${count(order.length)} runs`}</>}</h2>
        <Button small kind="quiet" why={order.length < 2 ? "at least two runs are needed" : undefined} onClick={() => onCompare(order.slice(0, COMPARED).map((each) => shortId(rows.ids[each]!)))}>{`Compare ${goal ? "best" : "first"} ${Math.min(COMPARED, Math.max(2, order.length))}`}</Button>
      </div>
      {kept ? (
        <div className="flex shrink-0 items-center gap-1.5 border-b bg-bg px-2 py-1.5">
          {onApply ? <Button small kind="primary" onClick={onApply}>Keep as filter</Button> : null}
          <Button small kind="quiet" icon={<X size={12} />} onClick={onClear}>Clear</Button>
        </div>
      ) : null}
      {order.length > 0 ? <VirtualList count={order.length} height={28} row={row} label="Runs, the best first" className="min-h-0 flex-1 py-1" /> : loading ? <SkeletonRows rows={8} /> : <p className="m-0 px-3 py-4 text-text-3">No run passes what is brushed.</p>}
    </aside>
  )
}
