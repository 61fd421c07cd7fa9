// What a page keeps for itself in the `view` param: a few names with values. Names of other pages are left alone, so that
// going from one view of an experiment to the next and back loses nothing.

export type Packed = Record<string, string>

export function unpack(view: string | undefined): Packed {
  return Object.fromEntries(new URLSearchParams(view ?? ""))
}

/** A list of texts in one of the values. */
export function listIn(packed: Packed, name: string): string[] {
  try {
    const found: unknown = JSON.parse(packed[name] ?? "[]")
    return Array.isArray(found) ? found.filter((each): each is string => typeof each === "string").slice(0, 500) : []
  } catch {
    return []
  }
}

export function listOut(items: Iterable<string>): string {
  const all = [...items]
  return all.length > 0 ? JSON.stringify(all) : ""
}

/** The param with some names changed; an empty value removes one. */
export function repack(view: string | undefined, change: Packed): string | undefined {
  const params = new URLSearchParams(view ?? "")
  for (const [name, value] of Object.entries(change)) {
    if (value === "") params.delete(name)
    else params.set(name, value)
  }
  return params.toString() || undefined
}
