// Search params that the pages of an experiment share, so that a filter or an eye stays when the page changes.
import { flag, list, oneOf, real, text } from "~/search"

export interface TrackingSearch {
  /** Filter, in the search language. */
  q?: string | undefined
  /** Orders, as the API takes them: `metrics.loss ASC`. */
  sort?: string[] | undefined
  /** Fields that runs are grouped by: `params.lr`. */
  group?: string[] | undefined
  band?: "minmax" | "std" | "ci95" | undefined
  /** `step`, `time`, `relative` or `metric:<key>`. */
  x?: string | undefined
  smooth?: number | undefined
  logx?: boolean | undefined
  logy?: boolean | undefined
  /** Outliers are left out of the scale. */
  clip?: boolean | undefined
  /** Runs whose eye is closed; with `only`, the runs whose eye is open. */
  hide?: string[] | undefined
  only?: string[] | undefined
  baseline?: string | undefined
  pins?: string[] | undefined
  /** Search of panels, a regular expression. */
  panels?: string | undefined
  /** One metric in small multiples by a field. */
  facet?: string | undefined
  /** Runs of a comparison. */
  runs?: string[] | undefined
  /** Saved view. */
  v?: string | undefined
  /** Columns of the table, and what a page keeps for itself (layout of panels, axes) as a text. */
  cols?: string[] | undefined
  layout?: string | undefined
  view?: string | undefined
  shown?: "active" | "deleted" | undefined
}

export function trackingSearch(raw: Record<string, unknown>): TrackingSearch {
  const found: TrackingSearch = {
    q: text(raw["q"]), sort: list(raw["sort"]), group: list(raw["group"]), band: oneOf(raw["band"], ["minmax", "std", "ci95"]),
    x: text(raw["x"]), smooth: real(raw["smooth"], 0, 0.9999), logx: flag(raw["logx"]), logy: flag(raw["logy"]), clip: flag(raw["clip"]),
    hide: list(raw["hide"]), only: list(raw["only"]), baseline: text(raw["baseline"]), pins: list(raw["pins"]), panels: text(raw["panels"]),
    facet: text(raw["facet"]), runs: list(raw["runs"]), v: text(raw["v"]), cols: list(raw["cols"]), layout: text(raw["layout"]),
    view: text(raw["view"]), shown: oneOf(raw["shown"], ["active", "deleted"]),
  }
  // Absent keys stay absent, so that equal searches are equal.
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined)) as TrackingSearch
}

/** Params of a run's page. */
export interface RunPlaceSearch {
  q?: string | undefined
  x?: string | undefined
  smooth?: number | undefined
  logy?: boolean | undefined
  panels?: string | undefined
  line?: number | undefined
  step?: number | undefined
  regex?: boolean | undefined
  version?: string | undefined
  view?: string | undefined
}

export function runSearch(raw: Record<string, unknown>): RunPlaceSearch {
  const found: RunPlaceSearch = {
    q: text(raw["q"]), x: text(raw["x"]), smooth: real(raw["smooth"], 0, 0.9999), logy: flag(raw["logy"]), panels: text(raw["panels"]),
    line: real(raw["line"], 0), step: real(raw["step"]), regex: flag(raw["regex"]), version: text(raw["version"]), view: text(raw["view"]),
  }
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined)) as RunPlaceSearch
}

export interface ListSearch { q?: string | undefined; sort?: string | undefined; shown?: "active" | "deleted" | undefined }

export function listSearch(raw: Record<string, unknown>): ListSearch {
  const found: ListSearch = { q: text(raw["q"]), sort: text(raw["sort"]), shown: oneOf(raw["shown"], ["active", "deleted"]) }
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined)) as ListSearch
}
