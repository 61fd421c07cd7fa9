// What the page explores, as the `view` param: the metric that matters, the axes, what is brushed.
import type { Importance, RunKeys } from "~/api/types_gen"
import type { Brushes } from "~/charts/parallelModel"
import { metricOf } from "../runs/columns"
import { goalByName, type Goal } from "../table/goals"
import { unpack } from "../table/packed"

export interface ExploreState {
  /** Column of the metric; empty when no run has one. */
  target: string
  goal: Goal | null
  /** Axes as chosen; null for the most important params. */
  axes: string[] | null
  /** Axes that stand upside down. */
  flipped: string[]
  /** Column of the scatter's x; null for the most important number. */
  x: string | null
  colour: string | null
  brushes: Brushes
  limit: number
}

export const LIMITS = [2_000, 20_000] as const

function listOf(text: string | undefined): string[] | null {
  try {
    const found: unknown = JSON.parse(text ?? "null")
    return Array.isArray(found) ? found.filter((each): each is string => typeof each === "string").slice(0, 24) : null
  } catch {
    return null
  }
}

export function readBrushes(text: string | undefined): Brushes {
  const out: Record<string, [number, number]> = {}
  try {
    const found: unknown = JSON.parse(text ?? "{}")
    if (typeof found !== "object" || found === null || Array.isArray(found)) return {}
    for (const [key, value] of Object.entries(found)) {
      if (!Array.isArray(value)) continue
      const [low, high] = value.map(Number)
      if (low !== undefined && high !== undefined && low >= 0 && high <= 1 && low < high) out[key] = [low, high]
    }
  } catch {
    return {}
  }
  return out
}

export function writeBrushes(brushes: Brushes): string {
  const short = Object.entries(brushes).map(([key, [low, high]]) => [key, [Math.round(low * 1e4) / 1e4, Math.round(high * 1e4) / 1e4]])
  return short.length > 0 ? JSON.stringify(Object.fromEntries(short)) : ""
}

/** The metric that people most likely care about: of validation, with a name that tells which way is better. */
export function likelyMetric(keys: RunKeys | undefined): string {
  let best = ""
  let most = -1
  for (const { key, runs } of keys?.metrics ?? []) {
    if (/^system\b/.test(key)) continue
    const score = runs + (goalByName(key) ? runs : 0) + (/val|test|eval/i.test(key) && goalByName(key) ? runs / 2 : 0)
    if (score > most) {
      most = score
      best = key
    }
  }
  return best === "" ? "" : `metrics.${best}.last`
}

export function readExplore(view: string | undefined, keys: RunKeys | undefined): ExploreState {
  const packed = unpack(view)
  const target = packed["e.y"] ?? likelyMetric(keys)
  const goal = packed["e.goal"]
  return {
    target,
    goal: goal === "min" || goal === "max" ? goal : goalByName(metricOf(target)?.key ?? ""),
    axes: listOf(packed["e.axes"]),
    flipped: listOf(packed["e.f"]) ?? [],
    x: packed["e.x"] ?? null,
    colour: packed["e.c"] ?? null,
    brushes: readBrushes(packed["e.b"]),
    limit: LIMITS.find((each) => String(each) === packed["e.n"]) ?? LIMITS[0],
  }
}

const AXES = 6

/** Axes when nobody chose: the params that matter most, or those that most runs have. */
export function usualAxes(importance: Importance | undefined, keys: RunKeys | undefined): string[] {
  const telling = (importance?.params ?? []).filter((each) => each.distinct > 1 && !/(^|[._])seed$/.test(each.param)).map((each) => `params.${each.param}`)
  if (telling.length > 0) return telling.slice(0, AXES)
  return [...(keys?.params ?? [])].sort((a, b) => b.runs - a.runs).slice(0, AXES).map(({ key }) => `params.${key}`)
}

export function usualX(importance: Importance | undefined, keys: RunKeys | undefined): string {
  const number = importance?.params.find((each) => each.kind === "number" && each.distinct > 2)
  if (number) return `params.${number.param}`
  const param = keys?.params.find((each) => each.kind === "number")
  return param ? `params.${param.key}` : "start_ms"
}
