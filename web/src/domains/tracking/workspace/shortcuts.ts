import type { RefObject } from "react"
import { useGo } from "~/link"
import { paths } from "~/paths"
import { toast } from "~/ui/toast"
import { useKeys } from "~/ui/keys"
import { toggleBaseline, toggleEye, togglePin } from "./deeds"
import { useFocus } from "./focus"
import { nextSmooth } from "./options"
import type { Scene } from "./scene"
import { change, redo, undo } from "./store"

export interface PageKeys {
  ws: string
  id: string
  scene: Scene
  filterRef: RefObject<HTMLInputElement | null>
  searchRef: RefObject<HTMLInputElement | null>
  onGroup: () => void
  onFilter: () => void
}

export function useShortcutsOfPage({ ws, id, scene, searchRef, onGroup, onFilter }: PageKeys): void {
  const go = useGo()
  const row = (act: (scene: Scene, row: number) => void) => () => {
    const at = scene.rows.rowOf(useFocus.getState().id)
    if (at >= 0) act(scene, at)
    else toast("Choose a run first: click its row, or move to it with the arrow keys")
  }
  useKeys([
    { keys: "/", label: "Search panels", run: () => searchRef.current?.focus() },
    { keys: "f", label: "Filter runs", run: onFilter },
    { keys: "g", label: "Group runs", run: onGroup },
    { keys: "e", label: "Draw or hide the run", run: row(toggleEye) },
    { keys: "p", label: "Pin the run", run: row(togglePin) },
    { keys: "b", label: "Make the run the baseline", run: row(toggleBaseline) },
    { keys: "c", label: "Compare the drawn runs", run: () => go(paths.compare(ws, id), { runs: scene.ids.slice(0, 200) }) },
    { keys: "[", label: "Less smoothing", run: () => change((view) => ({ smooth: nextSmooth(view.smooth, false) }), "~smooth") },
    { keys: "]", label: "More smoothing", run: () => change((view) => ({ smooth: nextSmooth(view.smooth, true) }), "~smooth") },
    { keys: "l", label: "Logarithmic y", run: () => change((view) => ({ logY: !view.logY }), "log y") },
    { keys: "mod+z", label: "Undo a change of the view", run: () => { if (!undo()) toast("Nothing to undo") } },
    { keys: "mod+shift+z", label: "Redo", run: () => { if (!redo()) toast("Nothing to redo") } },
    { keys: "mod+y", label: "Redo (as on Windows)", run: () => { redo() } },
  ])
}
