// Params and summary entries as rows: nested names by their dots, values as text, what people type as JSON.

export interface Row {
  key: string
  depth: number
  /** The last part of the key for values, the group's name for groups. */
  label: string
  /** Absent for groups. */
  value?: unknown
  group: boolean
  /** How many values a group holds. */
  count: number
}

interface Node {
  value?: unknown
  filled: boolean
  below: Map<string, Node>
  count: number
}

const node = (): Node => ({ filled: false, below: new Map(), count: 0 })

/** Rows of a tree by the dots in the keys; closed groups hide what is below. Groups of one value are not made. */
export function treeRows(values: Record<string, unknown>, closed: ReadonlySet<string>): Row[] {
  const root = node()
  for (const key of Object.keys(values)) {
    let at = root
    at.count++
    for (const part of key.split(".")) {
      let next = at.below.get(part)
      if (!next) at.below.set(part, (next = node()))
      at = next
      at.count++
    }
    at.value = values[key]
    at.filled = true
  }
  const rows: Row[] = []
  const walk = (from: Node, prefix: string, label: string, depth: number): void => {
    for (const [part, below] of [...from.below].sort(([one], [two]) => natural(one, two))) {
      const key = prefix === "" ? part : `${prefix}.${part}`
      const shown = label === "" ? part : `${label}.${part}`
      if (below.filled) rows.push({ key, depth, label: shown, value: below.value, group: false, count: 1 })
      if (below.below.size === 0) continue
      if (below.count - (below.filled ? 1 : 0) === 1 && !below.filled) walk(below, key, shown, depth)
      else {
        const group = `${key}.`
        rows.push({ key: group, depth, label: shown, group: true, count: below.count - (below.filled ? 1 : 0) })
        if (!closed.has(group)) walk(below, key, "", depth + 1)
      }
    }
  }
  walk(root, "", "", 0)
  return rows
}

const collator = new Intl.Collator("en", { numeric: true })
export const natural = (one: string, two: string): number => collator.compare(one, two)

/** Entries whose key or value contains a text, whatever its case. */
export function matching(values: Record<string, unknown>, query: string): Record<string, unknown> {
  const wanted = query.trim().toLowerCase()
  if (wanted === "") return values
  return Object.fromEntries(Object.entries(values).filter(([key, value]) => key.toLowerCase().includes(wanted) || valueText(value).toLowerCase().includes(wanted)))
}

/** A value as it is shown: texts bare, everything else as JSON. */
export function valueText(value: unknown): string {
  if (typeof value === "string") return value
  if (value === undefined) return ""
  return JSON.stringify(value) ?? String(value)
}

/** What a person typed as a value: JSON when it is, else the text. Numbers that would lose digits stay text. */
export function typed(text: string): unknown {
  const bare = text.trim()
  if (/^-?\d{16,}$/.test(bare)) return text
  try {
    return JSON.parse(bare)
  } catch {
    return text
  }
}

/** A value as text to edit, so that typed() gives it back. */
export function editable(value: unknown): string {
  if (typeof value !== "string") return JSON.stringify(value) ?? ""
  return typed(value) === value ? value : JSON.stringify(value)
}
