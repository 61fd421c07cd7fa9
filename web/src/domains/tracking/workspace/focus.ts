// The row of the run list that keys act on.
import { create } from "zustand"

export const useFocus = create<{ id: string }>(() => ({ id: "" }))
