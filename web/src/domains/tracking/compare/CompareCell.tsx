import { Trophy } from "lucide-react"
import { memo } from "react"
import { cn } from "~/ui/cn"
import { absolute, bytes, duration, number, type Zone } from "~/ui/format"
import { Status } from "~/ui/Status"
import { Delta } from "../table/cells"
import type { CellValue, CompareRow } from "./diff"

/** A value as people read it. */
export function textOf(row: CompareRow, value: CellValue, zone: Zone): string {
  if (value === null) return ""
  if (typeof value === "string") return value
  if (row.unit === "time") return absolute(value, zone)
  if (row.unit === "duration") return duration(value)
  if (row.unit === "bytes") return bytes(value)
  return number(value, 6)
}

export interface CompareCellProps {
  row: CompareRow
  at: number
  /** The column of the baseline, −1 for none. */
  baseline: number
  zone: Zone
}

export const CompareCell = memo(function CompareCell({ row, at, baseline, zone }: CompareCellProps) {
  const value = row.cells[at] ?? null
  const base = baseline >= 0 && baseline !== at ? (row.cells[baseline] ?? null) : null
  if (value === null) return <span className="text-text-3" title="This run has none">–</span>
  if (row.section === "Run" && row.key === "state") return <Status state={String(value)} />
  const text = textOf(row, value, zone)
  const best = row.best.includes(at)
  const other = base !== null && base !== value && row.differs
  const counted = typeof value === "number" && typeof base === "number" && base !== value && row.unit !== "time" && row.unit !== "bytes"
  return (
    <span className="flex min-w-0 flex-1 items-center">
      <span title={typeof value === "number" && !row.unit ? String(value) : text} className={cn("truncate", typeof value === "number" && "font-mono text-dense", best && "font-semibold text-ok", other && !best && "text-text", !other && baseline >= 0 && baseline !== at && "text-text-3")}>{text}</span>
      {best ? <Trophy size={12} role="img" aria-label="best" className="ml-1.5 shrink-0 text-ok" /> : null}
      {counted && row.unit !== "duration" ? <span className="ml-auto font-mono"><Delta value={value} base={base} goal={row.goal} /></span> : null}
    </span>
  )
})
