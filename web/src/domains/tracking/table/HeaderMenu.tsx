import { ArrowDown, ArrowUp, EyeOff, Group, Pin, PinOff } from "lucide-react"
import { MenuItem, MenuSeparator } from "~/ui/Menu"
import { metricOf } from "../runs/columns"
import type { TableState } from "./state"

const STATS = ["last", "min", "max", "mean", "best"] as const

export interface HeaderMenuProps {
  id: string
  state: TableState
  set: (change: Partial<TableState>) => void
}

/** What can be done with a column. */
export function HeaderMenu({ id, state, set }: HeaderMenuProps) {
  const at = state.columns.indexOf(id)
  const pinned = at < state.pinned
  const metric = metricOf(id)
  const grouped = state.group.includes(id)
  const pin = () => {
    const rest = state.columns.filter((each) => each !== id)
    const place = pinned ? state.pinned - 1 : state.pinned
    rest.splice(place, 0, id)
    set({ columns: rest, pinned: pinned ? state.pinned - 1 : state.pinned + 1 })
  }
  return (
    <>
      <MenuItem icon={<ArrowUp size={14} />} onSelect={() => set({ sort: [{ id, desc: false }] })}>Ascending</MenuItem>
      <MenuItem icon={<ArrowDown size={14} />} onSelect={() => set({ sort: [{ id, desc: true }] })}>Descending</MenuItem>
      <MenuSeparator />
      <MenuItem icon={pinned ? <PinOff size={14} /> : <Pin size={14} />} onSelect={pin}>{pinned ? "Unpin" : "Pin to the left"}</MenuItem>
      <MenuItem icon={<EyeOff size={14} />} onSelect={() => set({ columns: state.columns.filter((each) => each !== id), pinned: pinned ? state.pinned - 1 : state.pinned })}>Hide</MenuItem>
      <MenuItem icon={<Group size={14} />} onSelect={() => set({ group: grouped ? state.group.filter((each) => each !== id) : [...state.group, id] })}>{grouped ? "Do not group by it" : state.group.length > 0 ? "Group by it too" : "Group by it"}</MenuItem>
      {metric ? (
        <>
          <MenuSeparator />
          {STATS.filter((stat) => stat !== metric.stat).map((stat) => {
            const other = `metrics.${metric.key}.${stat}`
            const there = state.columns.includes(other)
            return <MenuItem key={stat} onSelect={() => { if (!there) set({ columns: [...state.columns.slice(0, at + 1), other, ...state.columns.slice(at + 1)] }) }} disabled={there}>{`Add ${stat}`}</MenuItem>
          })}
        </>
      ) : null}
    </>
  )
}
