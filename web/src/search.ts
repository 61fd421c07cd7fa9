// Search params: texts in the URL, values in the program. Lists are comma-separated, a comma inside an item is `\,`.

type Raw = Record<string, unknown>

/** The router's parser: every param is a text; a param given twice counts once. */
export function parseSearch(text: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(text))
}

/** The router's writer: lists by commas, nothing for what is absent, empty or false. */
export function stringifySearch(search: Raw): string {
  const params = new URLSearchParams()
  for (const [name, value] of Object.entries(search)) {
    if (value === undefined || value === null || value === "" || value === false) continue
    if (Array.isArray(value)) { if (value.length > 0) params.set(name, value.map((item) => String(item).replace(/[\\,]/g, "\\$&")).join(",")) }
    else params.set(name, value === true ? "1" : String(value as string | number))
  }
  const written = params.toString()
  return written ? `?${written}` : ""
}

/** Readers of one param. They also take values that are of their type already, as links give them. */
export function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : typeof value === "number" ? String(value) : undefined
}

export function list(value: unknown): string[] | undefined {
  if (Array.isArray(value)) return value.length > 0 ? value.map(String) : undefined
  const whole = text(value)
  if (whole === undefined) return undefined
  return (whole.match(/(?:\\.|[^,\\])+/gs) ?? []).map((item) => item.replace(/\\(.)/gs, "$1"))
}

export function real(value: unknown, min = -Infinity, max = Infinity): number | undefined {
  const parsed = typeof value === "number" ? value : Number(text(value) ?? NaN)
  return Number.isFinite(parsed) ? Math.min(max, Math.max(min, parsed)) : undefined
}

export function flag(value: unknown): boolean | undefined {
  return value === true || value === "1" || value === "true" ? true : undefined
}

export function oneOf<T extends string>(value: unknown, options: readonly T[]): T | undefined {
  return options.find((option) => option === value)
}
