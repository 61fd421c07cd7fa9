import { useSyncExternalStore } from "react"
import { absolute, duration, relative } from "./format"
import { usePreferences } from "./preferences"

// One clock for all times on the page.
const tellers = new Set<() => void>()
let ticking = 0
let now = Date.now()

function listen(tell: () => void): () => void {
  tellers.add(tell)
  ticking ||= window.setInterval(() => { now = Date.now(); for (const each of tellers) each() }, 1_000)
  return () => {
    tellers.delete(tell)
    if (tellers.size === 0) { clearInterval(ticking); ticking = 0 }
  }
}

/** The time now, in steps of `step` ms; the component is drawn again at each. */
export function useNow(step = 1_000): number {
  return useSyncExternalStore(listen, () => Math.floor(now / step) * step)
}

/** `5 min ago`, with the exact time on hover. */
export function Ago({ at }: { at: number | null | undefined }) {
  const zone = usePreferences((state) => state.zone)
  const time = useNow(5_000)
  if (at === null || at === undefined) return <span className="text-text-3">–</span>
  return <time dateTime={new Date(at).toISOString()} title={absolute(at, zone)} className="whitespace-nowrap">{relative(at, Math.max(time, now), zone)}</time>
}

/** The exact time in the chosen zone. */
export function At({ at }: { at: number | null | undefined }) {
  const zone = usePreferences((state) => state.zone)
  if (at === null || at === undefined) return <span className="text-text-3">–</span>
  return <time dateTime={new Date(at).toISOString()} className="whitespace-nowrap">{absolute(at, zone)}</time>
}

/** How long something took, or takes up to now. */
export function Took({ from, to }: { from: number | null | undefined; to: number | null | undefined }) {
  if (from === null || from === undefined) return <span className="text-text-3">–</span>
  return to === null || to === undefined ? <Running from={from} /> : <span className="whitespace-nowrap tabular-nums">{duration(to - from)}</span>
}

function Running({ from }: { from: number }) {
  return <span className="whitespace-nowrap tabular-nums">{duration(Math.max(0, useNow() - from))}</span>
}
