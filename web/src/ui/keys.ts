// Keyboard shortcuts: declared where they work, listed by the help.
import { useEffect, useEffectEvent } from "react"
import { create } from "zustand"

export interface Shortcut {
  /** `/`, `Escape`, `mod+k`, `shift+e`, or two keys in a row: `g h`. `mod` is ⌘ on a Mac, Ctrl elsewhere. */
  keys: string
  label: string
  group?: string
  run: (event: KeyboardEvent) => void
  /** Also while typing in a field. */
  always?: boolean
}

export const useShortcuts = create<{ all: Shortcut[] }>(() => ({ all: [] }))

export const isMac = /Mac|iPhone|iPad/.test(navigator.platform)

/** `mod+k` as people see it. */
export function keyText(keys: string): string {
  return keys
    .split(" ")
    .map((stroke) => stroke.split("+").map((key) => ({ mod: isMac ? "⌘" : "Ctrl", shift: "⇧", escape: "Esc", arrowup: "↑", arrowdown: "↓", enter: "↵" })[key.toLowerCase()] ?? key.toUpperCase()).join(isMac ? "" : " "))
    .join(" ")
}

let pending = ""
let pendingAt = 0

function stroke(event: KeyboardEvent): string {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key
  const mod = event.metaKey || event.ctrlKey ? "mod+" : ""
  // A sign that needs shift (`?`) is itself; a letter with shift says so.
  const shift = event.shiftKey && (/^[a-z]$/.test(key) || key.length > 1) ? "shift+" : ""
  return mod + shift + key
}

function typing(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches("input, textarea, select, [role=textbox]"))
}

function pressed(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing || event.altKey) return
  const now = stroke(event)
  const two = event.timeStamp - pendingAt < 1_000 && pending ? `${pending} ${now}` : now
  const all = useShortcuts.getState().all
  // The one declared last wins: a page over the shell.
  const found = all.findLast((item) => item.keys === two) ?? all.findLast((item) => item.keys === now)
  pending = now
  pendingAt = event.timeStamp
  if (!found || (typing(event.target) && !found.always)) return
  pending = ""
  event.preventDefault()
  found.run(event)
}

let listening = false

/** Shortcuts that work while the component is there. */
export function useKeys(shortcuts: Shortcut[]): void {
  const run = useEffectEvent((index: number, event: KeyboardEvent) => shortcuts[index]?.run(event))
  const shape = shortcuts.map((item) => `${item.keys}\n${item.label}`).join("\n\n")
  useEffect(() => {
    if (!listening) { listening = true; window.addEventListener("keydown", pressed) }
    const mine = shortcuts.map((item, index) => ({ ...item, run: (event: KeyboardEvent) => run(index, event) }))
    useShortcuts.setState(({ all }) => ({ all: [...all, ...mine] }))
    return () => useShortcuts.setState(({ all }) => ({ all: all.filter((item) => !mine.includes(item)) }))
  }, [shape])
}
