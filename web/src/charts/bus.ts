/**
 * One cursor for the page: where in x the pointer is and which run is under it. Charts, tables and legends publish and
 * follow; listeners are called once a frame, outside of React.
 *
 *     hover(runId)            a row of a list was entered; hover(null) when left
 *     onCursor((now, before) => …)   e.g. set data-hovered on rows; answers how to stop
 */

export interface Cursor {
  /** In data units of `xKind`; NaN where only a run is hovered. */
  x: number
  /** "step", "time", "relative" or "metric:<key>"; only charts of the same kind follow. */
  xKind: string
  /** The run (or group) that is emphasised everywhere; null for none. */
  lineKey: string | null
  /** The chart that the pointer is in; null for lists and legends. */
  source: object | null
}

type Listener = (now: Cursor, before: Cursor) => void

const NONE: Cursor = { x: NaN, xKind: "", lineKey: null, source: null }
let current: Cursor = NONE
let told: Cursor = NONE
let waiting = false
let cost = 0
let turns = 0
const listeners = new Set<Listener>()

export function cursor(): Cursor {
  return current
}

export function publish(next: Cursor): void {
  if (next.x === current.x && next.lineKey === current.lineKey && next.xKind === current.xKind && next.source === current.source) return
  current = next
  if (waiting) return
  waiting = true
  requestAnimationFrame(tell)
}

/** Emphasise a run without a place in x. */
export function hover(lineKey: string | null): void {
  publish({ ...NONE, lineKey })
}

/** Nothing is hovered any more; with a source, only if it was the last to publish. */
export function clear(source?: object): void {
  if (source === undefined || current.source === source) publish(NONE)
}

export function onCursor(listener: Listener): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Milliseconds spent in listeners and how many times they were called, since the last call; for benchmarks. */
export function spent(): { ms: number; turns: number } {
  const answer = { ms: cost, turns }
  cost = 0
  turns = 0
  return answer
}

function tell(): void {
  waiting = false
  const began = performance.now()
  const before = told
  told = current
  for (const listener of listeners) listener(told, before)
  cost += performance.now() - began
  turns++
}
