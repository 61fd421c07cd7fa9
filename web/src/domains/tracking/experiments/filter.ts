const OPERATOR = /[=<>~]|\b(like|ilike|rlike|in|is|between)\b/i

/** A filter of the search language from what was typed: bare words are parts of the name. */
export function asFilter(typed: string): string {
  const text = typed.trim()
  if (text === "" || OPERATOR.test(text)) return text
  return text.split(/\s+/).map((word) => `name ILIKE '%${word.replaceAll("'", "''")}%'`).join(" AND ")
}
