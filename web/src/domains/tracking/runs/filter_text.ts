// The filter language (docs/reference/search.md) as rows of a builder and back. The builder shows an AND of groups,
// each an OR of clauses; a text with NOT, or nested deeper, is `null` here and stays a text. The server has the last
// word on what is valid: this file only has to understand, never to judge.

export const COMPARATORS = ["=", "!=", "<", "<=", ">", ">=", "LIKE", "NOT LIKE", "ILIKE", "NOT ILIKE", "RLIKE", "NOT RLIKE",
  "IN", "NOT IN", "BETWEEN", "NOT BETWEEN", "IS NULL", "IS NOT NULL"] as const
export type Comparator = (typeof COMPARATORS)[number]

/** One condition. Values are as typed, without quotes; `quoted` tells which of them are texts. */
export interface Clause {
  field: string
  comparator: Comparator
  values: string[]
  quoted: boolean[]
}
export type Builder = Clause[][]

interface Token {
  kind: "name" | "text" | "value" | "operator" | "mark" | "keyword" | "end"
  text: string
}

const KEYWORDS = new Set(["and", "or", "not", "in", "is", "null", "between", "like", "ilike", "rlike"])
const PIECES = new RegExp(
  [
    String.raw`(?<space>\s+)`,
    String.raw`(?<value>[+-]?(?:inf(?:inity)?(?!\w)|(?:\d+(?:\.\d+)?(?:ms|[smhdw]))+(?![\w.])|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![\w.])))`,
    String.raw`(?<name>(?:min|max|mean|last|best|count|step)\s*\(\s*(?:\x60[^\x60]*\x60|"[^"]*"|[^)\x60"])+\))`,
    String.raw`(?<field>[\p{L}_][\p{L}\p{N}_./@$:-]*(?:\x60(?:[^\x60]|\x60\x60)*\x60|"(?:[^"]|"")*")?)`,
    String.raw`(?<text>'(?:[^']|'')*'|"(?:[^"]|"")*")`,
    String.raw`(?<operator>==|=~|!=|!~|<=|>=|<>|=|<|>)`,
    String.raw`(?<mark>[(),])`,
  ].join("|"),
  "iuy",
)

function cut(text: string): Token[] | null {
  const out: Token[] = []
  PIECES.lastIndex = 0
  while (PIECES.lastIndex < text.length) {
    const found = PIECES.exec(text)
    if (!found?.groups) return null
    const { space, value, name, field, text: quoted, operator, mark } = found.groups
    if (space !== undefined) continue
    if (value !== undefined) out.push({ kind: "value", text: value })
    else if (name !== undefined) out.push({ kind: "name", text: name.replace(/^(\w+)\s*\(\s*/, "$1(").replace(/\s*\)$/, ")") })
    else if (field !== undefined) {
      if (KEYWORDS.has(field.toLowerCase())) out.push({ kind: "keyword", text: field.toLowerCase() })
      else out.push({ kind: "name", text: field })
    } else if (quoted !== undefined) {
      const quote = quoted.charAt(0)
      out.push({ kind: "text", text: quoted.slice(1, -1).replaceAll(quote + quote, quote) })
    } else if (operator !== undefined) out.push({ kind: "operator", text: operator })
    else if (mark !== undefined) out.push({ kind: "mark", text: mark })
  }
  out.push({ kind: "end", text: "" })
  return out
}

type Tree = { any: Tree[] } | { all: Tree[] } | { clause: Clause }
class Beyond extends Error {}

const SAME: Record<string, Comparator> = { "==": "=", "<>": "!=", "=~": "RLIKE", "!~": "NOT RLIKE" }

class Reader {
  private at = 0
  private depth = 0
  constructor(private readonly tokens: Token[]) {}

  private get now(): Token {
    return this.tokens[this.at] ?? { kind: "end", text: "" }
  }
  private take(kind: Token["kind"], ...texts: string[]): boolean {
    if (this.now.kind !== kind || (texts.length > 0 && !texts.includes(this.now.text))) return false
    this.at += 1
    return true
  }
  whole(): Tree {
    const tree = this.any()
    if (this.now.kind !== "end") throw new Beyond()
    return tree
  }
  private any(): Tree {
    const parts = [this.all()]
    while (this.take("keyword", "or")) parts.push(this.all())
    return parts.length === 1 ? (parts[0] as Tree) : { any: parts }
  }
  private all(): Tree {
    const parts: Tree[] = []
    for (;;) {
      while (this.take("keyword", "and")) { /* an AND too many does no harm */ }
      if (this.now.kind === "end" || (this.now.kind === "mark" && this.now.text === ")") || (this.now.kind === "keyword" && this.now.text === "or")) break
      parts.push(this.one())
    }
    if (parts.length === 0) throw new Beyond()
    return parts.length === 1 ? (parts[0] as Tree) : { all: parts }
  }
  private one(): Tree {
    if (this.take("mark", "(")) {
      if (++this.depth > 40) throw new Beyond()
      const inner = this.any()
      if (!this.take("mark", ")")) throw new Beyond()
      this.depth -= 1
      return inner
    }
    const field = this.now
    if (!this.take("name")) throw new Beyond()
    return { clause: this.comparison(canonical(field.text)) }
  }
  private comparison(field: string): Clause {
    const operator = this.now
    if (this.take("operator")) return this.filled(field, SAME[operator.text] ?? (operator.text as Comparator), 1)
    if (this.take("keyword", "is")) {
      const not = this.take("keyword", "not")
      if (!this.take("keyword", "null")) throw new Beyond()
      return { field, comparator: not ? "IS NOT NULL" : "IS NULL", values: [], quoted: [] }
    }
    const not = this.take("keyword", "not") ? "NOT " : ""
    const word = this.now.text
    if (!this.take("keyword", "like", "ilike", "rlike", "in", "between")) throw new Beyond()
    const comparator = `${not}${word.toUpperCase()}` as Comparator
    if (word === "between") return this.filled(field, comparator, 2)
    if (word !== "in") return this.filled(field, comparator, 1)
    if (!this.take("mark", "(")) throw new Beyond()
    const clause: Clause = { field, comparator, values: [], quoted: [] }
    do this.value(clause)
    while (this.take("mark", ","))
    if (!this.take("mark", ")")) throw new Beyond()
    return clause
  }
  private filled(field: string, comparator: Comparator, count: 1 | 2): Clause {
    const clause: Clause = { field, comparator, values: [], quoted: [] }
    this.value(clause)
    if (count === 2) {
      if (!this.take("keyword", "and")) throw new Beyond()
      this.value(clause)
    }
    return clause
  }
  private value(clause: Clause): void {
    const token = this.now
    if (!this.take("text") && !this.take("value")) throw new Beyond()
    clause.values.push(token.text)
    clause.quoted.push(token.kind === "text")
  }
}

const PLURALS: [RegExp, string][] = [
  [/^metric\./i, "metrics."], [/^(param|parameter|parameters)\./i, "params."], [/^tag\./i, "tags."],
  [/^dataset\./i, "datasets."], [/^(attributes|attribute|attr|run)\./i, ""],
]
function canonical(field: string): string {
  for (const [pattern, plural] of PLURALS) if (pattern.test(field)) return field.replace(pattern, plural)
  return field
}

function grouped(tree: Tree): Builder | null {
  const parts = "all" in tree ? tree.all : [tree]
  const out: Builder = []
  for (const part of parts) {
    if ("clause" in part) out.push([part.clause])
    else if ("all" in part) {
      const inner = grouped(part)
      if (!inner) return null
      out.push(...inner)
    } else {
      const group: Clause[] = []
      for (const choice of part.any) {
        if (!("clause" in choice)) return null
        group.push(choice.clause)
      }
      out.push(group)
    }
  }
  return out
}

/** The rows that a text stands for; [] for an empty text, null when it is beyond rows (or not yet a filter). */
export function toBuilder(text: string): Builder | null {
  if (!text.trim()) return []
  const tokens = cut(text)
  if (!tokens) return null
  try {
    return grouped(new Reader(tokens).whole())
  } catch (error) {
    if (error instanceof Beyond) return null
    throw error
  }
}

/** A key as it stands after the dot: bare when it can be, in backticks otherwise. */
export function fieldOf(map: string, key: string): string {
  return /^[\p{L}\p{N}_.\-/:@$]+$/u.test(key) && !/["`']$/.test(key) ? `${map}.${key}` : `${map}.\`${key.replaceAll("`", "``")}\``
}

const BARE = /^[+-]?(?:inf|infinity|(?:\d+(?:\.\d+)?(?:ms|[smhdw]))+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)$/i

/** Whether a value can stand without quotes: a number or a duration. */
export function isBare(value: string): boolean {
  return BARE.test(value)
}

function spelled(value: string, quoted: boolean): string {
  return quoted || !isBare(value) ? `'${value.replaceAll("'", "''")}'` : value
}

function clauseText(clause: Clause): string {
  const values = clause.values.map((value, index) => spelled(value, clause.quoted[index] ?? false))
  if (clause.comparator.startsWith("IS ")) return `${clause.field} ${clause.comparator}`
  if (clause.comparator.endsWith("BETWEEN")) return `${clause.field} ${clause.comparator} ${values[0] ?? "0"} AND ${values[1] ?? "0"}`
  if (clause.comparator === "IN" || clause.comparator === "NOT IN") return `${clause.field} ${clause.comparator} (${values.join(", ")})`
  return `${clause.field} ${clause.comparator} ${values[0] ?? "''"}`
}

/** The text of rows; clauses without a field or a value they need are left out, so that a half-made row does no harm. */
export function toText(builder: Builder): string {
  return builder
    .map((group) => group.filter(complete).map(clauseText))
    .filter((group) => group.length > 0)
    .map((group) => (group.length === 1 || builder.length === 1 ? group.join(" OR ") : `(${group.join(" OR ")})`))
    .join(" AND ")
}

export function complete(clause: Clause): boolean {
  if (!clause.field) return false
  if (clause.comparator.startsWith("IS ")) return true
  const needed = clause.comparator.endsWith("BETWEEN") ? 2 : 1
  return clause.values.filter((value) => value !== "").length >= needed
}

/** Add a condition to a text, whatever the text is. */
export function narrowed(text: string, clause: Clause): string {
  const builder = toBuilder(text)
  if (builder) return toText([...builder, [clause]])
  return `(${text}) AND ${clauseText(clause)}`
}

/** Where the server says the fault is (its messages say "at character N", one-based), as an index; null without one. */
export function faultAt(message: string): number | null {
  const found = /at character (\d+)/.exec(message)
  return found ? Math.max(0, Number(found[1]) - 1) : null
}
