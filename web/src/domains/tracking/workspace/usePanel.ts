// Series of a panel and how its lines look.
import { createContext, useCallback, useContext, useLayoutEffect, useMemo, useSyncExternalStore } from "react"
import { styleOf, type LineStyle } from "~/charts/palette"
import type { GridLine } from "~/charts/grid"
import { labelOf } from "~/domains/tracking/runs/columns"
import { shortId } from "~/domains/tracking/runs/ids"
import { plural } from "~/ui/format"
import { usePreferences } from "~/ui/preferences"
import type { Loaded, Loader } from "./loader"
import { GROUP, groupName, useSceneNow, type Scene } from "./scene"
import { effective, type Effective } from "./options"
import { useView } from "./store"

const Context = createContext<Loader | null>(null)
export const LoaderProvider = Context.Provider

export function useLoader(): Loader {
  const loader = useContext(Context)
  if (!loader) throw new Error("a panel stands outside of a workspace")
  return loader
}

const CELLS = 700_000 // of one line chart; many runs have fewer buckets, least and greatest of each are kept anyway

/** Buckets for a width in pixels and a number of runs. */
export function bucketsFor(width: number, runs: number): number {
  const wanted = Math.ceil((width * 1.2) / 100) * 100
  return Math.max(64, Math.min(wanted, Math.floor(CELLS / Math.max(1, runs))))
}

export function usePanelOptions(metric: string): Effective {
  const own = useView((view) => view.each[metric])
  const x = useView((view) => view.x)
  const smooth = useView((view) => view.smooth)
  const logX = useView((view) => view.logX)
  const logY = useView((view) => view.logY)
  const clip = useView((view) => view.clip)
  const band = useView((view) => view.band)
  const group = useView((view) => view.group)
  return useMemo(() => effective({ x, smooth, logX, logY, clip, band, group }, own), [own, x, smooth, logX, logY, clip, band, group])
}

/** The part of x on screen; panels with another x than the workspace have none. */
export function useRange(x: string): readonly [number, number] | null {
  return useView((view) => (view.x === x ? view.range : null))
}

export function useSeries(id: string, metric: string, options: Effective, buckets: number): Loaded & { retry: () => void } {
  const loader = useLoader()
  const { ws, fetched } = useSceneNow()
  const group = useView((view) => view.group)
  const range = useRange(options.x)
  const band = options.band ?? "minmax"
  // Before the paint: a first paint takes long, and the server could be at work meanwhile.
  useLayoutEffect(() => {
    if (fetched.length > 0 && buckets > 0) loader.want(id, { ws, metric, runs: fetched, x: options.x, range, buckets, group, band })
  }, [loader, id, ws, metric, fetched, options.x, range, buckets, group, band])
  const loaded = useSyncExternalStore(useCallback((tell: () => void) => loader.subscribe(id, tell), [loader, id]), () => loader.get(id))
  return { ...loaded, retry: () => loader.retry(id) }
}

export interface LineLooks {
  style: (key: string, line: GridLine) => LineStyle
  name: (key: string, line: GridLine) => string
}

const Looks = createContext<LineLooks | null>(null)
export const LooksProvider = Looks.Provider

/** Looks and names of lines, the same functions for all panels until something about them changes. */
export function useLineLooks(): LineLooks {
  const looks = useContext(Looks)
  if (!looks) throw new Error("a panel stands outside of a workspace")
  return looks
}

export function useMakeLooks(scene: Scene): LineLooks {
  const theme = usePreferences((state) => (state.dark ? "dark" as const : "light" as const))
  const pins = useView((view) => view.pins)
  const group = useView((view) => view.group)
  const style = useMemo(() => makeStyle(scene, theme, pins), [scene, theme, pins])
  const { rows } = scene
  const name = useCallback((key: string, line: GridLine): string => {
    if (key.startsWith(GROUP)) return `${labelOf(group)}: ${groupName(line.group) || "–"} (${plural(line.runs, "run")})`
    const row = rows.rowOf(key)
    return row >= 0 ? rows.name(row) : key
  }, [rows, group])
  return useMemo(() => ({ style, name }), [style, name])
}

function makeStyle(scene: Scene, theme: "light" | "dark", pins: readonly string[]) {
  const open = new Set(scene.ids)
  const pinned = new Set(pins)
  return (key: string, line: GridLine): LineStyle => {
    if (key.startsWith(GROUP)) {
      const look = scene.looks.get(GROUP + groupName(line.group))
      return look ? { ...styleOf(look, theme), width: 1.75 } : { color: "#888" }
    }
    const look = scene.looks.get(key)
    if (!look || !open.has(key)) return { color: "#888", hidden: true }
    const strong = key === scene.baseline || pinned.has(shortId(key))
    return { ...styleOf(look, theme), ...(strong ? { dim: false, width: 2.25 } : {}) }
  }
}
