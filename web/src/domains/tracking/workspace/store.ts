// The view on screen. It changes here first and at once; the address follows a moment later (see WorkspacePage), so that
// a slider or an eye never waits for the router. Keeps what undo and redo go back to.
import { create } from "zustand"
import { PLAIN, type View } from "./state"

interface WorkspaceStore {
  view: View
  past: View[]
  future: View[]
  /** The last change by name, so that a drag of a slider is one step of undo. */
  step: string
  at: number
}

const DEEP = 100
const SAME_STEP_MS = 1200

export const useWorkspace = create<WorkspaceStore>(() => ({ view: PLAIN, past: [], future: [], step: "", at: 0 }))

/** Change the view. Changes of the same `step` within a moment are undone together; an empty step is not undone. */
export function change(patch: Partial<View> | ((view: View) => Partial<View>), step = "change"): void {
  useWorkspace.setState((state) => {
    const made = typeof patch === "function" ? patch(state.view) : patch
    const view = { ...state.view, ...made }
    if (!step) return { view }
    const together = step === state.step && Date.now() - state.at < SAME_STEP_MS && step.startsWith("~")
    return { view, past: together ? state.past : [...state.past.slice(-DEEP), state.view], future: [], step, at: Date.now() }
  })
}

export function undo(): boolean {
  const { past, future, view } = useWorkspace.getState()
  const before = past.at(-1)
  if (!before) return false
  useWorkspace.setState({ view: before, past: past.slice(0, -1), future: [view, ...future], step: "" })
  return true
}

export function redo(): boolean {
  const { past, future, view } = useWorkspace.getState()
  const after = future[0]
  if (!after) return false
  useWorkspace.setState({ view: after, past: [...past, view], future: future.slice(1), step: "" })
  return true
}

/** Another experiment, or another address: start from its view. */
export function reset(view: View): void {
  useWorkspace.setState({ view, past: [], future: [], step: "", at: 0 })
}

/** One part of the view, for a component that shows only that. */
export function useView<T>(pick: (view: View) => T): T {
  return useWorkspace((state) => pick(state.view))
}
