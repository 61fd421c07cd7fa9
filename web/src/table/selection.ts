// Which rows are chosen, by their ids, so that a choice outlives a refresh. Pure.

/** One row more or less. */
export function toggled(chosen: ReadonlySet<string>, id: string): Set<string> {
  const next = new Set(chosen)
  if (!next.delete(id)) next.add(id)
  return next
}

/** All of `ids` in, or all out when all are in already. */
export function toggledAll(chosen: ReadonlySet<string>, ids: readonly string[]): Set<string> {
  const next = new Set(chosen)
  if (ids.every((id) => chosen.has(id))) for (const id of ids) next.delete(id)
  else for (const id of ids) next.add(id)
  return next
}

/** The rows of a shift-click, both ends included; heads of groups are left out. */
export function rangeOf(entries: Int32Array, from: number, to: number): number[] {
  const [low, high] = from < to ? [from, to] : [to, from]
  const rows: number[] = []
  for (let at = Math.max(0, low); at <= high && at < entries.length; at++) if (entries[at]! >= 0) rows.push(entries[at]!)
  return rows
}
