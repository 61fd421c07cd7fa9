// The table as it is shown, as CSV: its columns, its order, and the group of each row.
import { toCsv, type Cell } from "~/table/csv"
import { valueAt } from "~/table/data"
import type { Group } from "~/table/group"
import { dataOf } from "./derive"
import type { RunRows } from "../runs/rows"

const TIMES = new Set(["start_ms", "end_ms"])

export function tableCsv(rows: RunRows, columns: readonly string[], lines: readonly number[] | Uint32Array): string {
  const datas = columns.map((id) => dataOf(rows, id) ?? undefined)
  const header = ["run_id", ...columns.map((id) => id.replace(/^(start|end)_ms$/, "$1_time").replace(/^duration$/, "duration_s"))]
  function* cells(): Iterable<Cell[]> {
    for (const row of lines) {
      yield [rows.ids[row] ?? "", ...datas.map((data, at): Cell => {
        const value = valueAt(data, row)
        if (typeof value !== "number") return value
        if (TIMES.has(columns[at]!)) return Math.abs(value) < 8.64e15 ? new Date(value).toISOString() : value
        return columns[at] === "duration" ? value / 1000 : value
      })]
    }
  }
  return toCsv(header, cells())
}

/** The rows of all groups, group by group. */
export function rowsInGroups(groups: readonly Group[]): number[] {
  return groups.flatMap((group) => [...group.rows])
}
