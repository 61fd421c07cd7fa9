// What the workspace shows, as search params: everything that a link must carry, and nothing else. Ids of runs are
// written by their last ten digits (they are random there), so that a hundred eyes fit in a link.
import { shortId } from "~/domains/tracking/runs/ids"
import { list } from "~/search"

export type Band = "minmax" | "std" | "ci95"
export const BANDS: readonly Band[] = ["minmax", "std", "ci95"]

/** Settings of one panel; what is absent comes from the workspace. */
export interface PanelOptions {
  x?: string
  smooth?: number
  logX?: boolean
  logY?: boolean
  clip?: boolean
  min?: number
  max?: number
  band?: Band
}

export interface View {
  /** Filter of the runs, in the language of the server. */
  q: string
  /** Looked for in run names: a regular expression. */
  find: string
  /** `metrics.loss ASC`, the first before the others; empty for newest first. */
  sort: readonly string[]
  group: string
  band: Band
  facet: string
  x: string
  smooth: number
  logX: boolean
  logY: boolean
  clip: boolean
  /** How many runs of the list are drawn; 0 is none, Infinity all. `hide` and `show` are the exceptions. */
  draw: number
  hide: readonly string[]
  show: readonly string[]
  pins: readonly string[]
  baseline: string
  /** Short id → palette place (a number) or a colour (`#rrggbb`). */
  colours: Readonly<Record<string, string>>
  cols: readonly string[]
  panels: string
  prefix: "first" | "last"
  shut: readonly string[]
  /** Sections that were moved, in their order before the others; and what sections are called instead. */
  order: readonly string[]
  titles: Readonly<Record<string, string>>
  /** Panels at the top, by key. */
  top: readonly string[]
  each: Readonly<Record<string, PanelOptions>>
  full: string
  range: readonly [number, number] | null
  live: boolean
  size: "s" | "m" | "l"
  v: string
}

export const PLAIN: View = {
  q: "", find: "", sort: [], group: "", band: "minmax", facet: "", x: "step", smooth: 0, logX: false, logY: false, clip: false,
  draw: 30, hide: [], show: [], pins: [], baseline: "", colours: {}, cols: [], panels: "", prefix: "first", shut: [], order: [], titles: {}, top: [],
  each: {}, full: "", range: null, live: true, size: "m", v: "",
}

/** Search params of the page, as the router reads and writes them. */
export type WorkspaceSearch = Record<string, unknown>

const text = (value: unknown, most = 100_000): string =>
  (typeof value === "string" || typeof value === "number" ? String(value).slice(0, most) : "")
const flag = (value: unknown): boolean => value === 1 || value === "1" || value === true
const finite = (value: unknown): number | undefined => {
  const found = typeof value === "string" && value !== "" ? Number(value) : value
  return typeof found === "number" && Number.isFinite(found) ? found : undefined
}
const share = (value: unknown): number => Math.min(0.999, Math.max(0, finite(value) ?? 0))

function ids(value: unknown): string[] {
  const found = text(value).split(".").filter((id) => /^[\w-]+$/.test(id))
  return [...new Set(found.map(shortId))]
}

function strings(value: unknown): string[] {
  return (list(value) ?? []).slice(0, 2000)
}

const isX = (value: string): boolean => value === "step" || value === "relative" || value === "time" || /^metric:./.test(value)

function panel(value: unknown): PanelOptions | null {
  if (typeof value !== "object" || value === null) return null
  const from = value as Record<string, unknown>
  const out: PanelOptions = {}
  if (isX(text(from["x"]))) out.x = text(from["x"])
  if (finite(from["smooth"]) !== undefined) out.smooth = share(from["smooth"])
  for (const name of ["logX", "logY", "clip"] as const) if (from[name] !== undefined) out[name] = flag(from[name])
  for (const name of ["min", "max"] as const) {
    const number = finite(from[name])
    if (number !== undefined) out[name] = number
  }
  if (BANDS.includes(from["band"] as Band)) out.band = from["band"] as Band
  return Object.keys(out).length > 0 ? out : null
}

function panels(raw: unknown): Record<string, PanelOptions> {
  const out: Record<string, PanelOptions> = {}
  let value = raw
  try {
    if (typeof raw === "string") value = JSON.parse(raw)
  } catch {
    return out
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return out
  for (const [key, each] of Object.entries(value).slice(0, 500)) {
    const found = panel(each)
    if (found) out[key] = found
  }
  return out
}

function titles(raw: string | undefined): Record<string, string> {
  try {
    const found = JSON.parse(raw ?? "{}") as unknown
    if (typeof found !== "object" || found === null || Array.isArray(found)) return {}
    return Object.fromEntries(Object.entries(found).slice(0, 500).flatMap(([name, title]) => (typeof title === "string" && title.trim() ? [[name, title.slice(0, 200)]] : [])))
  } catch {
    return {}
  }
}

function colours(value: unknown): Record<string, string> {
  const out: Record<string, string> = {}
  for (const part of text(value).split(".")) {
    const found = /^([\w-]+)-(\d{1,2}|[0-9a-f]{6})$/i.exec(part)
    if (found?.[1] && found[2]) out[shortId(found[1])] = found[2].length === 6 ? `#${found[2]}` : found[2]
  }
  return out
}

function range(value: unknown): readonly [number, number] | null {
  const ends = list(value)
  if (ends?.length !== 2) return null
  const [low, high] = ends.map(finite)
  return low !== undefined && high !== undefined && low < high ? [low, high] : null
}

/** `layout` is `name:value;name:value`, with `;` and `\\` in values escaped by a backslash. */
function unpack(layout: string): Map<string, string> {
  const out = new Map<string, string>()
  for (const [part] of layout.matchAll(/(?:\\.|[^;\\])+/gsu)) {
    const colon = part.indexOf(":")
    if (colon > 0) out.set(part.slice(0, colon), part.slice(colon + 1).replace(/\\(.)/gsu, "$1"))
  }
  return out
}

function pack(parts: readonly (readonly [string, string])[]): string {
  return parts.filter(([, value]) => value !== "").map(([name, value]) => `${name}:${value.replace(/[\\;]/g, "\\$&")}`).join(";")
}

const lined = (items: readonly string[]): string => items.map((item) => item.replace(/[\\,]/g, "\\$&")).join(",")
const shorts = (value: unknown): string[] => ids((list(value) ?? []).join("."))

/** The view of search params; whatever is not understood counts as absent. Never throws. */
export function readView(search: WorkspaceSearch): View {
  const x = text(search["x"], 2000)
  const layout = unpack(text(search["layout"]))
  const only = shorts(search["only"])
  const n = layout.get("n")
  const size = layout.get("size")
  return {
    q: text(search["q"]),
    find: layout.get("find") ?? "",
    sort: strings(search["sort"]).slice(0, 8),
    group: strings(search["group"])[0] ?? "",
    band: BANDS.includes(search["band"] as Band) ? (search["band"] as Band) : "minmax",
    facet: text(search["facet"], 2000),
    x: isX(x) ? x : "step",
    smooth: share(search["smooth"]),
    logX: flag(search["logx"]),
    logY: flag(search["logy"]),
    clip: flag(search["clip"]),
    draw: only.length > 0 ? 0 : n === "all" ? Infinity : Math.max(0, Math.floor(finite(n) ?? PLAIN.draw)),
    hide: shorts(search["hide"]),
    show: only.length > 0 ? only : ids(layout.get("show")),
    pins: shorts(search["pins"]).slice(0, 50),
    baseline: shortId(text(search["baseline"], 100)),
    colours: colours(layout.get("colours")),
    cols: strings(search["cols"]),
    panels: text(search["panels"], 1000),
    prefix: layout.get("by") === "last" ? "last" : "first",
    shut: strings(layout.get("shut")),
    order: strings(layout.get("order")),
    titles: titles(layout.get("titles")),
    top: strings(layout.get("top")),
    each: panels(layout.get("each")),
    full: layout.get("full") ?? "",
    range: range(layout.get("range")),
    live: layout.get("live") !== "0",
    size: size === "s" || size === "l" ? size : "m",
    v: text(search["v"], 100),
  }
}

/** Search params of a view; what is as usual is left out, so that a plain page has a plain address. */
export function writeView(view: View): WorkspaceSearch {
  const only = view.draw === 0 && view.show.length > 0
  const layout = pack([
    ["n", only || view.draw === PLAIN.draw ? "" : view.draw === Infinity ? "all" : String(view.draw)],
    ["show", only ? "" : view.show.join(".")],
    ["find", view.find],
    ["colours", Object.entries(view.colours).map(([id, colour]) => `${id}-${colour.replace("#", "")}`).join(".")],
    ["by", view.prefix === "last" ? "last" : ""],
    ["size", view.size === "m" ? "" : view.size],
    ["live", view.live ? "" : "0"],
    ["range", view.range ? view.range.join(",") : ""],
    ["full", view.full],
    ["shut", lined(view.shut)],
    ["order", lined(view.order)],
    ["titles", Object.keys(view.titles).length > 0 ? JSON.stringify(view.titles) : ""],
    ["top", lined(view.top)],
    ["each", Object.keys(view.each).length > 0 ? JSON.stringify(view.each) : ""],
  ])
  const all: WorkspaceSearch = {
    q: view.q,
    sort: [...view.sort],
    group: view.group ? [view.group] : [],
    band: view.band === PLAIN.band ? "" : view.band,
    facet: view.facet,
    x: view.x === PLAIN.x ? "" : view.x,
    smooth: view.smooth > 0 ? Math.round(view.smooth * 1000) / 1000 : "",
    logx: view.logX,
    logy: view.logY,
    clip: view.clip,
    hide: [...view.hide],
    only: only ? [...view.show] : [],
    baseline: view.baseline,
    pins: [...view.pins],
    cols: [...view.cols],
    panels: view.panels,
    v: view.v,
    layout,
  }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== "" && value !== false && (value as string[]).length !== 0))
}

/** Names of the params above, so that others of the address are left alone. */
export const OURS = ["q", "sort", "group", "band", "facet", "x", "smooth", "logx", "logy", "clip", "hide", "only", "baseline", "pins", "cols",
  "panels", "v", "layout"] as const

/** Ids (short) after one eye was clicked. `drawn` is what it shows now, `usual` what it shows without exceptions. */
export function toggled(view: View, id: string, drawn: boolean, usual: boolean): Pick<View, "hide" | "show"> {
  const short = shortId(id)
  const hide = view.hide.filter((item) => item !== short)
  const show = view.show.filter((item) => item !== short)
  if (drawn && usual) hide.push(short)
  if (!drawn && !usual) show.push(short)
  return { hide, show }
}
