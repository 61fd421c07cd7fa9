// Metric keys to sections by prefix, and the search over them. Plain loops over plain arrays: 10,000 keys take a few ms.

export interface Section {
  name: string
  keys: string[]
}

/** What stands before the first slash; keys without one share the section "metrics". */
export function prefixOf(key: string, by: "first" | "last" = "first"): string {
  const at = by === "first" ? key.indexOf("/") : key.lastIndexOf("/")
  return at > 0 ? key.slice(0, at) : "metrics"
}

const natural = new Intl.Collator("en", { numeric: true, sensitivity: "base" })
const isSystem = (name: string): boolean => name === "system" || name.startsWith("system")

/** Sections in natural order, "metrics" first and system metrics last; keys in natural order inside. What only few runs
 * have comes behind what most of them have, among keys and among sections. */
export function sectioned(keys: readonly string[], by: "first" | "last" = "first", rare: (key: string) => boolean = () => false): Section[] {
  const found = new Map<string, string[]>()
  for (const key of keys) {
    const name = prefixOf(key, by)
    const list = found.get(name)
    if (list) list.push(key)
    else found.set(name, [key])
  }
  const out = [...found].map(([name, list]) => {
    const few = list.filter(rare)
    return { name, keys: few.length === 0 || few.length === list.length ? list : [...list.filter((key) => !rare(key)), ...few], few: few.length === list.length }
  })
  out.sort((a, b) => Number(a.few) - Number(b.few) || rank(a.name) - rank(b.name) || natural.compare(a.name, b.name))
  return out.map(({ name, keys }) => ({ name, keys }))
}

// What people look at first comes first; everything else by name.
const FIRST = [/^metrics$/, /^train/i, /^(val|valid|dev)/i, /^eval/i, /^test/i]

function rank(name: string): number {
  if (isSystem(name)) return 99
  const found = FIRST.findIndex((pattern) => pattern.test(name))
  return found < 0 ? FIRST.length : found
}

/** Sort once, when keys arrive; searching keeps the order. */
export function ordered(keys: readonly string[]): string[] {
  return [...keys].sort(natural.compare)
}

export type Matcher = ((key: string) => boolean) & { fault?: string }

/** A panel search: a regular expression, without regard to case unless the text has capitals. A text that is no
 * expression (yet) is looked for as it stands, and says so. */
export function matcher(text: string): Matcher {
  if (!text) return () => true
  const flags = /[A-Z]/.test(text.replace(/\\[A-Z]/g, "")) ? "" : "i"
  try {
    const pattern = new RegExp(text, flags)
    return (key) => pattern.test(key)
  } catch (error) {
    const lower = text.toLowerCase()
    const plain: Matcher = (key) => key.toLowerCase().includes(lower)
    plain.fault = error instanceof Error ? error.message.replace(/^Invalid regular expression: /, "") : "not an expression"
    return plain
  }
}

export type Row = { kind: "head"; name: string; size: number; open: boolean } | { kind: "panels"; name: string; keys: string[]; at: number }

export const TOP = "Pinned"

/** Sections that were moved take their places before the others. */
function inOrder(sections: Section[], order: readonly string[]): Section[] {
  if (order.length === 0) return sections
  const place = new Map(order.map((name, at) => [name, at]))
  return [...sections].sort((a, b) => (place.get(a.name) ?? order.length) - (place.get(b.name) ?? order.length))
}

/** The order after a section went to the place of another. */
export function movedTo(names: readonly string[], name: string, target: string): string[] {
  const from = names.indexOf(name)
  const to = names.indexOf(target)
  if (from < 0 || to < 0 || from === to) return [...names]
  const next = names.filter((each) => each !== name)
  next.splice(to, 0, name)
  // An address has no room for thousands; those far behind keep the order that they have by themselves.
  return next.slice(0, Math.max(from, to, 100) + 1)
}

/** Rows of the grid: a heading for each section, then its panels, `columns` in a row. */
export function rowsOf(keys: readonly string[], view: { prefix: "first" | "last"; shut: readonly string[]; top: readonly string[]; open: boolean; order?: readonly string[]; rare?: (key: string) => boolean }, columns: number): Row[] {
  const have = new Set(keys)
  const top = view.top.filter((key) => have.has(key))
  const sections = inOrder(sectioned(keys, view.prefix, view.rare), view.order ?? [])
  if (top.length > 0) sections.unshift({ name: TOP, keys: top })
  const shut = new Set(view.open ? [] : view.shut)
  const rows: Row[] = []
  for (const section of sections) {
    const open = !shut.has(section.name)
    rows.push({ kind: "head", name: section.name, size: section.keys.length, open })
    if (!open) continue
    for (let at = 0; at < section.keys.length; at += columns) rows.push({ kind: "panels", name: section.name, keys: section.keys.slice(at, at + columns), at })
  }
  return rows
}
