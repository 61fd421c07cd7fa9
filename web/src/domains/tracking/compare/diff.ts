// Runs side by side: one row a key, one cell a run, in sections; what differs, what is best, which runs are alike. Pure.
import { toNumber } from "~/api/num"
import type { MetricSummary, Run } from "~/api/types_gen"
import { better, goalByName, goalBySummaries, type Goal } from "../table/goals"

export type CellValue = string | number | null
export type Stat = "last" | "min" | "max" | "mean" | "best"
export const STATS: readonly Stat[] = ["last", "min", "max", "mean", "best"]

export const SECTIONS = ["Run", "Params", "Metrics", "Summary", "Tags", "Data", "Code", "Environment", "Packages"] as const
export type Section = (typeof SECTIONS)[number]

export interface CompareRow {
  section: Section
  key: string
  cells: CellValue[]
  differs: boolean
  goal: Goal | null
  /** The columns with the best value; none where that cannot be said. */
  best: number[]
  /** How a number is to be read: a time, a duration, a size. */
  unit?: "time" | "duration" | "bytes"
}

const natural = new Intl.Collator("en", { numeric: true, sensitivity: "base" })

/** A value of a param or summary as one cell. */
export function cellOf(value: unknown): CellValue {
  if (value === null || value === undefined) return null
  if (typeof value === "number" || typeof value === "string") return value
  if (typeof value === "boolean") return value ? "true" : "false"
  return JSON.stringify(value)
}

function same(a: CellValue, b: CellValue): boolean {
  return a === b || (typeof a === "number" && typeof b === "number" && Number.isNaN(a) && Number.isNaN(b))
}

function row(section: Section, key: string, cells: CellValue[], more: Partial<CompareRow> = {}): CompareRow {
  const first = cells[0] ?? null
  return { section, key, cells, differs: cells.some((each) => !same(each, first)), goal: null, best: [], ...more }
}

function keyed(section: Section, runs: readonly Run[], of: (run: Run) => Record<string, unknown>): CompareRow[] {
  const keys = new Set<string>()
  for (const run of runs) for (const key of Object.keys(of(run))) keys.add(key)
  return [...keys].sort(natural.compare).map((key) => row(section, key, runs.map((run) => cellOf(of(run)[key]))))
}

/** The columns with the best number; none when all are alike or nobody knows which way is better. */
export function bestOf(cells: readonly CellValue[], goal: Goal | null): number[] {
  let at: number[] = []
  let best = NaN
  let distinct = false
  cells.forEach((cell, column) => {
    if (typeof cell !== "number" || Number.isNaN(cell)) return
    if (at.length === 0 || better(cell, best, goal) > 0) {
      distinct ||= at.length > 0
      best = cell
      at = [column]
    } else if (cell === best) at.push(column)
    else distinct = true
  })
  return goal !== null && distinct ? at : []
}

function metrics(runs: readonly Run[], stat: Stat): CompareRow[] {
  const keys = new Set<string>()
  for (const run of runs) for (const key of Object.keys(run.metrics)) keys.add(key)
  return [...keys].sort(natural.compare).map((key) => {
    const summaries = runs.flatMap((run): MetricSummary[] => { const found = run.metrics[key]; return found ? [found] : [] })
    const goal = goalBySummaries(summaries) ?? goalByName(key)
    const cells = runs.map((run): CellValue => {
      const found = run.metrics[key]
      if (!found) return null
      const value = stat === "best" ? (found.best ?? (goal === "min" ? found.min : goal === "max" ? found.max : found.last)) : found[stat]
      return value === null ? NaN : toNumber(value)
    })
    return row("Metrics", key, cells, { goal, best: bestOf(cells, goal) })
  })
}

/** All rows of a comparison, section by section, in the order of SECTIONS. */
export function compareRows(runs: readonly Run[], stat: Stat): CompareRow[] {
  const origin = (key: string, of: (run: Run) => unknown, more: Partial<CompareRow> = {}) => row("Environment", key, runs.map((run) => cellOf(of(run))), more)
  const list = (items: string[] | undefined) => (items && items.length > 0 ? items.join(" ") : null)
  const rows = [
    row("Run", "state", runs.map((run) => run.state)),
    row("Run", "kind", runs.map((run) => run.kind)),
    row("Run", "user", runs.map((run) => run.user || null)),
    row("Run", "group", runs.map((run) => run.group || null)),
    row("Run", "started", runs.map((run) => run.start_ms), { unit: "time" }),
    row("Run", "duration", runs.map((run) => (run.start_ms !== null && run.end_ms !== null ? run.end_ms - run.start_ms : null)), { unit: "duration" }),
    row("Run", "parent", runs.map((run) => run.parent_id)),
    row("Run", "forked from", runs.map((run) => run.forked_from)),
    row("Run", "notes", runs.map((run) => run.notes || null)),
    ...metrics(runs, stat),
    ...keyed("Summary", runs, (run) => run.summary),
    ...keyed("Params", runs, (run) => run.params),
    ...keyed("Tags", runs, (run) => run.tags),
    ...keyed("Data", runs, (run) => Object.fromEntries(run.dataset_inputs.map((input) => [input.name, input.digest]))),
    row("Code", "commit", runs.map((run) => run.origin?.git?.commit || null)),
    row("Code", "branch", runs.map((run) => run.origin?.git?.branch || null)),
    row("Code", "remote", runs.map((run) => run.origin?.git?.remote || null)),
    row("Code", "changes", runs.map((run) => (run.origin?.git ? (run.origin.git.dirty ? "uncommitted changes" : "clean") : null))),
    origin("command", (run) => list(run.origin?.command)),
    origin("directory", (run) => run.origin?.directory || null),
    origin("host", (run) => run.origin?.host || null),
    origin("system", (run) => run.origin?.os || null),
    origin("python", (run) => run.origin?.python || null),
    origin("processors", (run) => run.origin?.cpu_count || null),
    origin("memory", (run) => run.origin?.memory_bytes || null, { unit: "bytes" }),
    origin("GPUs", (run) => list(run.origin?.gpus)),
    ...keyed("Environment", runs, (run) => run.origin?.environment ?? {}),
    ...keyed("Packages", runs, (run) => run.origin?.packages ?? {}),
  ]
  return rows.filter(({ cells }) => cells.some((cell) => cell !== null))
}

/** Sections where two runs with the same set-up may differ: they say what came out, not what went in. */
const RESULTS: ReadonlySet<Section> = new Set<Section>(["Run", "Metrics", "Summary", "Tags"])
const CHANCE = /^(params\.)?(seed|random_seed|rng)$|^(command|directory|host)$/

/** For each run a letter of its set-up: runs with equal params, code, data and packages share it. */
export function setups(rows: readonly CompareRow[], count: number): string[] {
  const texts = Array.from({ length: count }, () => "")
  for (const { section, key, cells, differs } of rows) {
    if (!differs || RESULTS.has(section) || CHANCE.test(key)) continue
    cells.forEach((cell, at) => { texts[at] += `${JSON.stringify(typeof cell === "number" ? String(cell) : cell)},` })
  }
  const letters = new Map<string, string>()
  return texts.map((text) => {
    let letter = letters.get(text)
    if (letter === undefined) letters.set(text, letter = letterOf(letters.size))
    return letter
  })
}

function letterOf(place: number): string {
  return place < 26 ? String.fromCharCode(65 + place) : letterOf(Math.floor(place / 26) - 1) + letterOf(place % 26)
}

/** Places of the runs in an order that puts the baseline first and runs of one set-up side by side. */
export function gathered(letters: readonly string[], baseline: number): number[] {
  const places = letters.map((_, at) => at)
  const start = baseline >= 0 ? [baseline] : []
  const out: number[] = []
  for (const first of [...start, ...places]) {
    if (out.includes(first)) continue
    out.push(first, ...places.filter((at) => at !== first && !out.includes(at) && letters[at] === letters[first]))
  }
  return out
}

/** The rows to show: those that differ when there are several runs, and whose key holds all words. */
export function shownRows(rows: readonly CompareRow[], differences: boolean, words: string): CompareRow[] {
  const parts = words.toLowerCase().split(/\s+/).filter(Boolean)
  return rows.filter((each) => (!differences || each.differs) && parts.every((part) => each.key.toLowerCase().includes(part)))
}
