// What the view of a table needs to know of a column, and where columns lie. Pure.
import type { ReactNode } from "react"

export interface ViewColumn {
  id: string
  title: string
  /** What the header shows instead of the title. */
  head?: ReactNode
  /** A word of where it comes from, shown faintly before the title: `params`. */
  from?: string
  width: number
  pinned: boolean
  right: boolean
  sortable: boolean
  /** Stays at its place and has no menu. */
  fixed?: boolean
  cell: (row: number) => ReactNode
  group?: (group: number) => ReactNode
}

export interface Layout {
  /** Left edges of the columns, in their order. */
  lefts: number[]
  /** Columns before this one are pinned. */
  pinned: number
  pinnedWidth: number
  total: number
}

export const MIN_WIDTH = 56
export const CHECK_WIDTH = 36

export function layoutOf(columns: readonly ViewColumn[], before = CHECK_WIDTH): Layout {
  const lefts: number[] = []
  let left = before
  let pinned = 0
  let pinnedWidth = before
  columns.forEach((column, at) => {
    lefts.push(left)
    left += column.width
    if (column.pinned && pinned === at) {
      pinned = at + 1
      pinnedWidth = left
    }
  })
  return { lefts, pinned, pinnedWidth, total: left }
}

/** The columns [first, last) beside the pinned ones that a view of `width` scrolled by `scrolled` shows. */
export function shownColumns(columns: readonly ViewColumn[], layout: Layout, scrolled: number, width: number): [number, number] {
  const from = layout.pinnedWidth + scrolled
  const to = scrolled + width
  let first = layout.pinned
  while (first < columns.length - 1 && layout.lefts[first]! + columns[first]!.width < from) first++
  let last = first
  while (last < columns.length && layout.lefts[last]! < to) last++
  return [Math.max(layout.pinned, first - 1), Math.min(columns.length, last + 1)]
}

/** The list with `id` moved before or behind `target`. */
export function moved(ids: readonly string[], id: string, target: string, behind: boolean): string[] {
  if (id === target) return [...ids]
  const rest = ids.filter((each) => each !== id)
  const at = rest.indexOf(target)
  if (at < 0) return [...ids]
  rest.splice(behind ? at + 1 : at, 0, id)
  return rest
}
