// Runs below a run as rows of a tree, from a flat list with parents.
import type { Run } from "~/api/types_gen"

export interface ChildRow {
  run: Run
  depth: number
  below: number
}

export function childRows(runs: readonly Run[], root: string, closed: ReadonlySet<string>, order?: (one: Run, two: Run) => number): ChildRow[] {
  const by = new Map<string, Run[]>()
  const known = new Set(runs.map((run) => run.id))
  for (const run of runs) {
    // A run whose parent is not in the list (deleted, say) hangs on the root.
    const parent = run.parent_id !== null && (known.has(run.parent_id) || run.parent_id === root) ? run.parent_id : root
    by.set(parent, [...(by.get(parent) ?? []), run])
  }
  const rows: ChildRow[] = []
  const seen = new Set<string>([root])
  const size = new Map<string, number>()
  const sizeOf = (id: string, trail: Set<string>): number => {
    const got = size.get(id)
    if (got !== undefined) return got
    if (trail.has(id)) return 0
    trail.add(id)
    const sum = (by.get(id) ?? []).reduce((total, run) => total + 1 + sizeOf(run.id, trail), 0)
    size.set(id, sum)
    return sum
  }
  const walk = (id: string, depth: number): void => {
    const list = by.get(id) ?? []
    for (const run of order ? [...list].sort(order) : list) {
      if (seen.has(run.id)) continue
      seen.add(run.id)
      rows.push({ run, depth, below: sizeOf(run.id, new Set()) })
      if (!closed.has(run.id)) walk(run.id, depth + 1)
    }
  }
  walk(root, 0)
  return rows
}
