// What runs log while the page is open: series at once, keys and columns of metrics as often as they are cheap.
import { useEffect, useEffectEvent, useRef } from "react"
import { useEvents } from "~/api/events"
import type { Loader } from "./loader"

export interface Refreshed {
  /** Ask again; done when the answer is here. */
  refetch: () => Promise<unknown>
  wanted: boolean
}

const SHARE = 4 // a refetch takes at most a fourth of the time
const LEAST_MS = 900

/** Follow the points of an experiment. `tables` are asked for again after points, each in its own time. */
export function useLive(experiment: string, live: boolean, loader: Loader, tables: readonly Refreshed[]): void {
  const state = useRef(new Map<number, { timer: number; again: boolean }>())
  const ask = useEffectEvent(async (at: number) => {
    const began = performance.now()
    await tables[at]?.refetch().catch(() => {})
    return performance.now() - began
  })
  const turn = (at: number) => {
    const known = state.current.get(at) ?? { timer: 0, again: false }
    state.current.set(at, known)
    known.again = known.timer !== 0
    if (known.again) return // points that come meanwhile are asked for when the rest is over
    known.timer = window.setTimeout(() => {
      void ask(at).then((took) => {
        known.timer = window.setTimeout(() => {
          known.timer = 0
          if (known.again) turn(at)
        }, Math.max(LEAST_MS, took * SHARE))
      })
    }, 1)
  }
  useEvents(["run.points"], (events) => {
    if (!live) return
    const runs = new Set(events.filter((event) => event.parent === experiment).map((event) => event.subject))
    if (runs.size === 0) return
    loader.touch(runs)
    tables.forEach((table, at) => { if (table.wanted) turn(at) })
  })
  useEffect(() => {
    const all = state.current
    return () => { for (const each of all.values()) clearTimeout(each.timer) }
  }, [])
}
