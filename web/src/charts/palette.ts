/**
 * Colours of runs: a hue by stable hash of the run's id, in a light and a dark variant of equal lightness.
 *
 * `hueOf(id)` never changes. `assign(ids)` gives a whole list its looks: where several runs share a hue, the later ones
 * are dashed, then dim. `colorOf(hue, theme)` is a hex text, so that canvas, SVG and exports agree.
 */
import { oklch } from "~/charts/oklch"
import type { Theme } from "~/charts/theme"

/** How a line looks. `color` is a CSS colour; `dash` in CSS pixels; `width` in CSS pixels. */
export interface LineStyle {
  color: string
  dash?: readonly number[]
  width?: number
  /** Drawn faintly, behind the others. */
  dim?: boolean
  /** Not drawn at all. */
  hidden?: boolean
}

/** What `assign` decides of a run, free of the theme. */
export interface Look {
  /** 0 to 11, or -1 when `fixed` is set. */
  hue: number
  /** An override, as a CSS colour. */
  fixed?: string
  dash: readonly number[]
  dim: boolean
}

// [hue, lightness away from the theme's, chroma] in OKLCH. Pure red (20 to 40) and pure green (126 to 160) are left out,
// and the rest was chosen so that all twelve differ to eyes with and without red-green blindness (see the test);
// neighbours in the list are far apart.
const HUES = [
  [237, 0.035, 0.19],
  [42, -0.031, 0.119],
  [166, -0.035, 0.13],
  [334, 0.035, 0.167],
  [65, 0.028, 0.156],
  [258, -0.027, 0.158],
  [186, 0.035, 0.108],
  [10, 0.035, 0.101],
  [277, 0.018, 0.092],
  [103, 0.015, 0.089],
  [220, -0.032, 0.103],
  [336, -0.03, 0.087],
] as const
const DASHES: readonly (readonly number[])[] = [[], [6, 3], [2, 2.5], [8, 3, 2, 3]]
const GROUND = { light: { lightness: 0.6, chroma: 1 }, dark: { lightness: 0.75, chroma: 0.85 } } as const

const built: Record<Theme, string[]> = { light: [], dark: [] }

/** The twelve colours of a theme. */
export function hues(theme: Theme): readonly string[] {
  const { lightness, chroma } = GROUND[theme]
  if (!built[theme].length) built[theme] = HUES.map(([hue, more, vivid]) => oklch(lightness + more, vivid * chroma, hue))
  return built[theme]
}

/** FNV-1a, 32 bits. */
export function hash(text: string): number {
  let value = 0x811c9dc5
  for (let at = 0; at < text.length; at++) {
    value ^= text.charCodeAt(at)
    value = Math.imul(value, 0x01000193)
  }
  value ^= value >>> 15
  value = Math.imul(value, 0x2c1b3c6d)
  return (value ^ (value >>> 13)) >>> 0
}

export function hueOf(id: string): number {
  return hash(id) % HUES.length
}

/** The colour of one run by its id alone. */
export function color(id: string, theme: Theme): string {
  return hues(theme)[hueOf(id)]!
}

export function colorOf(look: Look, theme: Theme): string {
  return look.fixed ?? hues(theme)[look.hue]!
}

/** Looks of all runs of a list, in their order. Overrides are CSS colours, or hues as "0" to "11". */
export function assign(ids: readonly string[], overrides: Readonly<Record<string, string>> = {}): Map<string, Look> {
  const taken = new Array<number>(HUES.length).fill(0)
  const looks = new Map<string, Look>()
  for (const id of ids) {
    const override = overrides[id]
    const chosen = override !== undefined && /^\d{1,2}$/.test(override) ? Number(override) : NaN
    if (override !== undefined && !(chosen < HUES.length)) {
      looks.set(id, { hue: -1, fixed: override, dash: [], dim: false })
      continue
    }
    const hue = Number.isNaN(chosen) ? hueOf(id) : chosen
    const round = taken[hue]!++
    looks.set(id, { hue, dash: DASHES[round % DASHES.length]!, dim: round >= DASHES.length })
  }
  return looks
}

/** A look as a style of a line. */
export function styleOf(look: Look, theme: Theme): LineStyle {
  return { color: colorOf(look, theme), dash: look.dash, dim: look.dim }
}

/** One perceptual map of a share 0 to 1, from the ground's colour to the strongest; NaN is transparent. */
export function sequential(share: number, theme: Theme): string {
  if (Number.isNaN(share)) return "transparent"
  const at = Math.min(1, Math.max(0, share))
  const [from, to] = theme === "light" ? [0.95, 0.36] : [0.3, 0.93]
  return oklch(from + (to - from) * at, 0.03 + 0.15 * Math.sin(Math.PI * (0.12 + 0.68 * at)), 215 + 75 * (theme === "light" ? at : 1 - at))
}

/** From −1 (orange) over 0 (grey) to 1 (blue). */
export function diverging(share: number, theme: Theme): string {
  if (Number.isNaN(share)) return "transparent"
  const at = Math.min(1, Math.abs(share))
  const [from, to] = theme === "light" ? [0.95, 0.5] : [0.28, 0.78]
  return oklch(from + (to - from) * at, 0.01 + 0.14 * at, share < 0 ? 55 : 256)
}
