// Brings series to panels. Panels that come into view within a moment share requests: one batched query for all runs
// that are drawn. A request that nobody waits for any more is cancelled; what was on screen stays until the new is here.
import { callFrame } from "~/api/client"
import { errorText } from "~/api/errors"
import { seriesFrame, type GridHeader, type SeriesFrame } from "~/charts/grid"
import { crowded, frameOf } from "./frames"

export interface Ask {
  ws: string
  metric: string
  runs: readonly string[]
  x: string
  range: readonly [number, number] | null
  buckets: number
  group: string
  band: string
}

export interface Loaded {
  frame: SeriesFrame | null
  loading: boolean
  error: string
  /** Milliseconds of the last query: the server's share, and until it was here. */
  server: number
  took: number
  /** Grows with each arrival. */
  version: number
}

export const NOTHING: Loaded = { frame: null, loading: false, error: "", server: 0, took: 0, version: 0 }

interface Slot {
  ask: Ask
  shape: string
  state: Loaded
  listeners: Set<() => void>
  flight: Flight | null
  stale: boolean
  used: number
}

interface Flight {
  stop: AbortController
  slots: Set<Slot>
}

const TOGETHER_MS = 6
const METRICS = 8 // of one request, so that the first charts of a screen do not wait for the last
const CELLS = 700_000
const KEPT = 120 // slots without a panel

export class Loader {
  private readonly slots = new Map<string, Slot>()
  private readonly waiting = new Set<Slot>()
  /** Metrics whose points are squeezed on the grid of their neighbours, and are asked for alone. */
  private readonly alone = new Set<string>()
  private timer = 0
  private refresh = 0
  private clock = 0
  private slowest = 0
  private first = ""

  /** Ask for what a panel shows now; the same question again costs nothing. */
  want(id: string, ask: Ask): void {
    const shape = shapeOf(ask)
    let slot = this.slots.get(id)
    if (!slot) {
      slot = { ask, shape: "", state: NOTHING, listeners: new Set(), flight: null, stale: true, used: 0 }
      this.slots.set(id, slot)
      this.forget()
    }
    slot.used = ++this.clock
    if (slot.shape === shape && !slot.stale) return
    slot.ask = ask
    slot.shape = shape
    slot.stale = false
    this.queue(slot)
  }

  /** The panel that somebody works on: its next question goes alone and first. */
  hurry(id: string): void {
    this.first = id
  }

  get(id: string): Loaded {
    return this.slots.get(id)?.state ?? NOTHING
  }

  subscribe(id: string, listener: () => void): () => void {
    const slot = this.slots.get(id)
    slot?.listeners.add(listener)
    return () => {
      slot?.listeners.delete(listener)
      if (slot && slot.listeners.size === 0) this.leave(slot)
    }
  }

  retry(id: string): void {
    const slot = this.slots.get(id)
    if (slot) this.queue(slot)
  }

  /** Points arrived in these runs: bring what is on screen up to date, the rest when it is shown again. */
  touch(runs: ReadonlySet<string>): void {
    for (const slot of this.slots.values()) if (slot.ask.runs.some((run) => runs.has(run))) slot.stale = true
    // Busy servers are asked less often: never more than a third of the time.
    this.refresh ||= window.setTimeout(() => {
      this.refresh = 0
      for (const slot of this.slots.values()) {
        if (!slot.stale || slot.listeners.size === 0 || slot.flight) continue
        slot.stale = false
        this.queue(slot)
      }
    }, Math.max(150, Math.min(10_000, this.slowest * 2)))
  }

  close(): void {
    clearTimeout(this.timer)
    clearTimeout(this.refresh)
    this.refresh = 0
    for (const slot of this.slots.values()) slot.flight?.stop.abort()
    this.slots.clear()
    this.waiting.clear()
  }

  private queue(slot: Slot): void {
    this.leave(slot)
    this.waiting.add(slot)
    this.tell(slot, { loading: true })
    this.timer ||= window.setTimeout(() => {
      this.timer = 0
      this.depart()
    }, TOGETHER_MS)
  }

  private depart(): void {
    const batches = new Map<string, Slot[]>()
    const first = this.slots.get(this.first)
    this.first = ""
    if (first && this.waiting.delete(first)) void this.fly([first])
    for (const slot of this.waiting) {
      const { ask } = slot
      const lone = this.alone.has(`${ask.x} ${ask.metric}`) && ask.range === null
      const key = lone ? `alone ${slot.shape}` : slot.shape.slice(slot.shape.indexOf("\n"))
      const batch = batches.get(key)
      if (batch) batch.push(slot)
      else batches.set(key, [slot])
    }
    this.waiting.clear()
    for (const batch of batches.values()) {
      const { runs, buckets } = (batch[0] as Slot).ask
      const size = Math.max(1, Math.min(METRICS, Math.floor(CELLS / Math.max(1, runs.length * buckets))))
      for (let at = 0; at < batch.length; at += size) void this.fly(batch.slice(at, at + size))
    }
  }

  private async fly(slots: Slot[]): Promise<void> {
    const { ask } = slots[0] as Slot
    const flight: Flight = { stop: new AbortController(), slots: new Set(slots) }
    for (const slot of slots) slot.flight = flight
    const began = performance.now()
    try {
      const body = {
        runs: [...ask.runs],
        metrics: [...new Set(slots.map((slot) => slot.ask.metric))],
        x: ask.x,
        range: ask.range ? [...ask.range] : null,
        buckets: ask.buckets,
        group_by: ask.group || null,
        band: ask.band,
      }
      const answer = await callFrame<"series_query", GridHeader>("series_query", {}, body, { ws: ask.ws, signal: flight.stop.signal })
      const whole = seriesFrame(answer.header, Object.fromEntries(answer.columns))
      const took = performance.now() - began
      this.slowest = this.slowest * 0.6 + took * 0.4
      for (const slot of flight.slots) this.land(slot, frameOf(whole, slot.ask.metric), took, body.metrics.length > 1)
    } catch (error) {
      if (flight.stop.signal.aborted) return
      for (const slot of flight.slots) {
        slot.flight = null
        this.tell(slot, { loading: false, error: errorText(error) })
      }
    }
  }

  private land(slot: Slot, frame: SeriesFrame, took: number, shared: boolean): void {
    slot.flight = null
    const { ask } = slot
    if (shared && ask.range === null && crowded(frame)) {
      this.alone.add(`${ask.x} ${ask.metric}`)
      if (!slot.state.frame) this.tell(slot, { frame, version: slot.state.version + 1 })
      this.queue(slot)
      return
    }
    this.tell(slot, { frame, loading: false, error: "", took, server: frame.tookMs, version: slot.state.version + 1 })
  }

  private leave(slot: Slot): void {
    this.waiting.delete(slot)
    const flight = slot.flight
    if (!flight) return
    slot.flight = null
    slot.stale = true
    flight.slots.delete(slot)
    if (flight.slots.size === 0) flight.stop.abort()
  }

  private tell(slot: Slot, change: Partial<Loaded>): void {
    slot.state = { ...slot.state, ...change }
    for (const listener of slot.listeners) listener()
  }

  /** Old answers without a panel go, oldest first. */
  private forget(): void {
    const idle = [...this.slots].filter(([, slot]) => slot.listeners.size === 0 && slot.used > 0)
    if (idle.length <= KEPT) return
    idle.sort(([, a], [, b]) => a.used - b.used)
    for (const [id, slot] of idle.slice(0, idle.length - KEPT)) {
      this.leave(slot)
      this.slots.delete(id)
    }
  }
}

const keys = new WeakMap<readonly string[], string>()

/** A list of runs by content; computed once for each list. */
function runsKey(runs: readonly string[]): string {
  let key = keys.get(runs)
  if (key === undefined) keys.set(runs, (key = runs.join(",")))
  return key
}

/** The metric, then everything that a batch shares. */
function shapeOf(ask: Ask): string {
  return `${ask.metric.replaceAll("\n", " ")}\n${ask.ws} ${ask.x} ${ask.range?.join("…") ?? ""} ${ask.buckets} ${ask.group} ${ask.band} ${runsKey(ask.runs)}`
}
