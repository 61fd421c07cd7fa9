// What the browser remembers of its user: theme, time zone, sizes of panels. Everything else is in the URL.
import { create } from "zustand"
import type { Zone } from "./format"

export type Theme = "system" | "light" | "dark"

interface Preferences {
  theme: Theme
  /** What `theme` comes to now. */
  dark: boolean
  zone: Zone
  navCollapsed: boolean
  setTheme: (theme: Theme) => void
  setZone: (zone: Zone) => void
  setNavCollapsed: (collapsed: boolean) => void
}

const system = matchMedia("(prefers-color-scheme: dark)")

function read(key: string): string | null {
  try { return localStorage.getItem(key) } catch { return null }
}

function write(key: string, value: string): void {
  try { localStorage.setItem(key, value) } catch { /* storage may be off */ }
}

const chosen = read("mw-theme")
const isDark = (theme: Theme) => theme === "dark" || (theme === "system" && system.matches)
const first: Theme = chosen === "light" || chosen === "dark" ? chosen : "system"

export const usePreferences = create<Preferences>((set) => ({
  theme: first,
  dark: isDark(first),
  zone: read("mw-zone") === "utc" ? "utc" : "local",
  navCollapsed: read("mw-nav") === "collapsed",
  setTheme: (theme) => { write("mw-theme", theme); set({ theme, dark: isDark(theme) }) },
  setZone: (zone) => { write("mw-zone", zone); set({ zone }) },
  setNavCollapsed: (navCollapsed) => { write("mw-nav", navCollapsed ? "collapsed" : "open"); set({ navCollapsed }) },
}))

system.addEventListener("change", () => usePreferences.setState(({ theme }) => ({ dark: isDark(theme) })))
usePreferences.subscribe(({ dark }) => { document.documentElement.dataset["theme"] = dark ? "dark" : "light" })

/** The remembered size of a panel, in pixels. */
export function panelSize(name: string, usual: number): number {
  const size = Number(read(`mw-panel-${name}`))
  return size > 0 ? size : usual
}

export function rememberPanelSize(name: string, size: number): void {
  write(`mw-panel-${name}`, String(size))
}
