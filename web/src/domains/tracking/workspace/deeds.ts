// What rows, keys and menus do to the view.
import { shortId } from "~/domains/tracking/runs/ids"
import type { Scene } from "./scene"
import { toggled } from "./state"
import { change } from "./store"

export function toggleEye(scene: Scene, row: number): void {
  const id = scene.rows.ids[row]
  if (id === undefined) return
  change((view) => toggled(view, id, scene.drawn.has(row), scene.usual.has(row)), "eye")
}

/** Draw this run alone; again, all as usual. */
export function solo(scene: Scene, row: number): void {
  const id = scene.rows.ids[row]
  if (id === undefined) return
  const alone = scene.drawn.size === 1 && scene.drawn.has(row)
  change(alone ? { draw: 30, hide: [], show: [] } : { draw: 0, hide: [], show: [shortId(id)] }, "eyes")
}

/** Open or close the eyes of some rows at once. */
export function setEyes(scene: Scene, rows: readonly number[], open: boolean): void {
  change((view) => {
    const shorts = rows.map((row) => shortId(scene.rows.ids[row] ?? ""))
    const touched = new Set(shorts)
    const hide = view.hide.filter((id) => !touched.has(id))
    const show = view.show.filter((id) => !touched.has(id))
    rows.forEach((row, at) => {
      const short = shorts[at] ?? ""
      if (open && !scene.usual.has(row)) show.push(short)
      if (!open && scene.usual.has(row)) hide.push(short)
    })
    return { hide, show }
  }, "eyes")
}

export function togglePin(scene: Scene, row: number): void {
  const short = shortId(scene.rows.ids[row] ?? "")
  if (!short) return
  change((view) => ({ pins: view.pins.includes(short) ? view.pins.filter((id) => id !== short) : [...view.pins, short] }), "pin")
}

export function toggleBaseline(scene: Scene, row: number): void {
  const short = shortId(scene.rows.ids[row] ?? "")
  if (short) change((view) => ({ baseline: view.baseline === short ? "" : short }), "baseline")
}

export function setColour(id: string, colour: string | null): void {
  const short = shortId(id)
  change((view) => {
    const { [short]: _, ...rest } = view.colours
    return { colours: colour === null ? rest : { ...rest, [short]: colour } }
  }, "colour")
}
