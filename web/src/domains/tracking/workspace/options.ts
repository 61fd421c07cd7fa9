// What a panel is drawn with: its own settings over those of the workspace.
import type { Band, PanelOptions, View } from "./state"

export interface Effective {
  x: string
  smooth: number
  logX: boolean
  logY: boolean
  clip: boolean
  band: Band | null
  min: number | null
  max: number | null
}

export function effective(view: Pick<View, "x" | "smooth" | "logX" | "logY" | "clip" | "band" | "group">, own: PanelOptions | undefined): Effective {
  return {
    x: own?.x ?? view.x,
    smooth: own?.smooth ?? view.smooth,
    logX: own?.logX ?? view.logX,
    logY: own?.logY ?? view.logY,
    clip: own?.clip ?? view.clip,
    band: own?.band ?? (view.group ? view.band : null),
    min: own?.min ?? null,
    max: own?.max ?? null,
  }
}

/** Settings of a panel after one was changed; `undefined` gives it back to the workspace. */
export function withOption(view: View, key: string, change: Partial<PanelOptions>): Pick<View, "each"> {
  const merged = Object.fromEntries(Object.entries({ ...view.each[key], ...change }).filter(([, value]) => value !== undefined)) as PanelOptions
  const { [key]: _, ...rest } = view.each
  return { each: Object.keys(merged).length > 0 ? { ...rest, [key]: merged } : rest }
}

export function xLabel(x: string): string {
  return x === "step" ? "Step" : x === "relative" ? "Relative time" : x === "time" ? "Wall time" : x.replace(/^metric:/, "")
}

export const SMOOTHS = [0, 0.2, 0.4, 0.6, 0.75, 0.85, 0.9, 0.95, 0.98, 0.99, 0.995]

/** The next stronger or weaker smoothing. */
export function nextSmooth(now: number, up: boolean): number {
  return up ? (SMOOTHS.find((each) => each > now + 1e-6) ?? 0.995) : (SMOOTHS.findLast((each) => each < now - 1e-6) ?? 0)
}
