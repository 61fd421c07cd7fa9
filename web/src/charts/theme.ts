/** The colours of a chart, read from the CSS tokens, and who wants to know when the theme changes. */

export type Theme = "light" | "dark"

export interface Ink {
  theme: Theme
  surface: string
  raised: string
  border: string
  strong: string
  text: string
  text2: string
  text3: string
  accent: string
  soft: string
  bad: string
  /** Opacity of bands. */
  band: number
  font: string
}

let known: Ink | null = null
const listeners = new Set<() => void>()
let watching = false

/** The ink of the page as it is now. */
export function ink(): Ink {
  watch()
  if (known) return known
  const style = getComputedStyle(document.documentElement)
  const token = (name: string, other: string) => hex(style.getPropertyValue(name).trim() || other)
  const theme: Theme = document.documentElement.dataset["theme"] === "dark" ? "dark" : "light"
  known = {
    theme,
    surface: token("--surface", theme === "dark" ? "#17181c" : "#fff"),
    raised: token("--raised", "#fff"),
    border: token("--border", "#ddd"),
    strong: token("--border-strong", "#bbb"),
    text: token("--text", "#222"),
    text2: token("--text-2", "#555"),
    text3: token("--text-3", "#777"),
    accent: token("--accent", "#4050d0"),
    soft: token("--accent-soft", "#e0e4ff"),
    bad: token("--bad", "#c03030"),
    band: Number(style.getPropertyValue("--band").trim() || "0.15"),
    font: getComputedStyle(document.body).fontFamily || "sans-serif",
  }
  return known
}

let pixel: CanvasRenderingContext2D | null = null

/** Any CSS colour as sRGB: exports must not depend on who reads OKLCH, and canvases blend 8-bit colours exactly. */
function hex(color: string): string {
  pixel ??= Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d", { willReadFrequently: true })
  if (!pixel) return color
  pixel.clearRect(0, 0, 1, 1)
  pixel.fillStyle = color
  pixel.fillRect(0, 0, 1, 1)
  const [red = 0, green = 0, blue = 0] = pixel.getImageData(0, 0, 1, 1).data
  return `#${[red, green, blue].map((part) => part.toString(16).padStart(2, "0")).join("")}`
}

/** Be told when the theme changes or a font arrives; answers how to stop. */
export function onInk(listener: () => void): () => void {
  watch()
  listeners.add(listener)
  return () => listeners.delete(listener)
}

function watch(): void {
  if (watching || typeof document === "undefined") return
  watching = true
  const tell = () => {
    known = null
    for (const listener of listeners) listener()
  }
  new MutationObserver(tell).observe(document.documentElement, { attributeFilter: ["data-theme", "class"] })
  document.fonts?.addEventListener("loadingdone", tell)
}

export function calm(): boolean {
  return matchMedia("(prefers-reduced-motion: reduce)").matches
}
