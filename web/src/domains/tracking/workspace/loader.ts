// Brings series to panels. Panels that come into view together share requests: one batched query for all runs
// that are drawn. A request that nobody waits for any more is cancelled; what was on screen stays until the new is here.
import { callFrame } from "~/api/client"
import { errorText } from "~/api/errors"
import { seriesFrame, type GridHeader, type SeriesFrame } from "~/charts/grid"
import { crowded, frameOf, joined } from "./frames"

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
  id: string
  ask: Ask
  shape: string
  state: Loaded
  flight: Flight | null
  stale: boolean
  used: number
  /** Runs with new points since the last question; null when all are asked for in any case. */
  touched: Set<string> | null
  /** What the next question is about, when that is only a part. */
  part: Part | null
  /** Parts since the whole was asked for. */
  parts: number
}

/** Some of the runs, on the grid that is on screen and as far as it may grow. */
interface Part {
  runs: string[]
  range: readonly [number, number]
}

interface Flight {
  stop: AbortController
  slots: Set<Slot>
}

const METRICS = 8 // of one request, so that the first charts of a screen do not wait for the last
const FIRST_METRICS = 2 // of the first requests of a page
const FLIGHTS = 3 // at once: a browser has six connections to a server, and a server few cores
const CELLS = 700_000
const PARTS = 8 // then the whole, in case that points are where no part was looked for
const KEPT = 120 // slots without a panel

export class Loader {
  private readonly slots = new Map<string, Slot>()
  /** Panels listen before they know what to ask for (the runs may not be here yet), so a slot has no say in this. */
  private readonly listeners = new Map<string, Set<() => void>>()
  private readonly waiting = new Set<Slot>()
  /** Metrics whose points are squeezed on the grid of their neighbours, and are asked for alone. */
  private readonly alone = new Set<string>()
  private gathering = false
  private refresh = 0
  private clock = 0
  private slowest = 0
  private first = ""
  private flights = 0
  private urgent = false
  private landed = false

  /** Ask for what a panel shows now; the same question again costs nothing. */
  want(id: string, ask: Ask): void {
    const shape = shapeOf(ask)
    let slot = this.slots.get(id)
    if (!slot) {
      slot = { id, ask, shape: "", state: NOTHING, flight: null, stale: true, used: 0, touched: null, part: null, parts: 0 }
      this.slots.set(id, slot)
      this.forget()
    }
    slot.used = ++this.clock
    if (slot.shape === shape && !slot.stale) return
    slot.ask = ask
    slot.shape = shape
    slot.stale = false
    slot.part = null
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
    let all = this.listeners.get(id)
    if (!all) this.listeners.set(id, (all = new Set()))
    all.add(listener)
    return () => {
      all.delete(listener)
      if (all.size > 0 || this.listeners.get(id) !== all) return
      this.listeners.delete(id)
      const slot = this.slots.get(id)
      if (slot) this.leave(slot)
    }
  }

  retry(id: string): void {
    const slot = this.slots.get(id)
    if (!slot) return
    slot.part = null
    this.queue(slot)
  }

  /** Points arrived in these runs: bring what is on screen up to date, the rest when it is shown again. */
  touch(runs: ReadonlySet<string>): void {
    for (const slot of this.slots.values()) {
      const here = slot.ask.runs.filter((run) => runs.has(run))
      if (here.length === 0) continue
      slot.stale = true
      for (const run of here) slot.touched?.add(run)
    }
    this.renew()
  }

  /** Busy servers are asked less often: never more than a third of the time. */
  private renew(): void {
    this.refresh ||= window.setTimeout(() => {
      this.refresh = 0
      for (const slot of this.slots.values()) {
        if (!slot.stale || !this.listeners.has(slot.id) || slot.flight) continue
        slot.stale = false
        slot.part = partOf(slot)
        this.queue(slot)
      }
    }, Math.max(150, Math.min(10_000, this.slowest * 2)))
  }

  close(): void {
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
    if (this.gathering) return
    this.gathering = true
    queueMicrotask(() => {
      this.gathering = false
      this.depart()
    })
  }

  /** Send what waits, oldest first, as far as others under way leave room: what is scrolled past is never asked for. */
  private depart(): void {
    const first = this.slots.get(this.first)
    this.first = ""
    if (first && this.waiting.delete(first)) {
      this.urgent = true // the others follow when it is here: they would take their share of the server
      void this.fly([first], true)
    }
    if (this.urgent) return
    while (this.waiting.size > 0 && this.flights < FLIGHTS) {
      const batch: Slot[] = []
      let key = ""
      let size = 0
      for (const slot of this.waiting) {
        const own = this.keyOf(slot)
        if (batch.length === 0) {
          key = own
          const { runs, buckets } = slot.ask
          size = Math.max(1, Math.min(this.landed ? METRICS : FIRST_METRICS, Math.floor(CELLS / Math.max(1, runs.length * buckets))))
        }
        if (own === key && batch.push(slot) >= size) break
      }
      for (const slot of batch) this.waiting.delete(slot)
      void this.fly(batch)
    }
  }

  private keyOf({ ask, shape, part }: Slot): string {
    if (part) return `part ${part.range.join("…")} ${part.runs.join(",")} ${shape.slice(shape.indexOf("\n"))}`
    return this.alone.has(`${ask.x} ${ask.metric}`) && ask.range === null ? `alone ${shape}` : shape.slice(shape.indexOf("\n"))
  }

  private async fly(slots: Slot[], urgent = false): Promise<void> {
    const { ask, part } = slots[0] as Slot
    const flight: Flight = { stop: new AbortController(), slots: new Set(slots) }
    for (const slot of slots) {
      slot.flight = flight
      slot.touched = new Set()
    }
    this.flights += 1
    const began = performance.now()
    try {
      const body = {
        runs: part ? part.runs : [...ask.runs],
        metrics: [...new Set(slots.map((slot) => slot.ask.metric))],
        x: ask.x,
        range: part ? [...part.range] : ask.range ? [...ask.range] : null,
        buckets: ask.buckets,
        group_by: ask.group || null,
        band: ask.band,
      }
      const answer = await callFrame<"series_query", GridHeader>("series_query", {}, body, { ws: ask.ws, signal: flight.stop.signal })
      const whole = seriesFrame(answer.header, Object.fromEntries(answer.columns))
      const took = performance.now() - began
      this.landed = true
      this.slowest = this.slowest * 0.6 + took * 0.4
      for (const slot of flight.slots) {
        const frame = frameOf(whole, slot.ask.metric)
        if (part) this.landPart(slot, frame, took)
        else this.land(slot, frame, took, body.metrics.length > 1)
      }
    } catch (error) {
      if (flight.stop.signal.aborted) return
      for (const slot of flight.slots) {
        slot.flight = null
        slot.touched = null
        this.tell(slot, { loading: false, error: errorText(error) })
      }
    } finally {
      this.flights -= 1
      if (urgent) this.urgent = false
      this.depart()
    }
  }

  private landPart(slot: Slot, fresh: SeriesFrame, took: number): void {
    const { frame } = slot.state
    const all = frame && joined(frame, fresh, new Set(slot.part?.runs))
    slot.flight = null
    slot.part = null
    if (!all) {
      this.queue(slot)
      return
    }
    slot.parts += 1
    this.arrive(slot, all, took)
  }

  private land(slot: Slot, frame: SeriesFrame, took: number, shared: boolean): void {
    const { ask } = slot
    slot.flight = null
    slot.parts = 0
    if (shared && ask.range === null && crowded(frame)) {
      this.alone.add(`${ask.x} ${ask.metric}`)
      if (!slot.state.frame) this.tell(slot, { frame, version: slot.state.version + 1 })
      this.queue(slot)
      return
    }
    this.arrive(slot, frame, took)
  }

  private arrive(slot: Slot, frame: SeriesFrame, took: number): void {
    this.tell(slot, { frame, loading: false, error: "", took, server: frame.tookMs, version: slot.state.version + 1 })
    if (slot.stale) this.renew() // points came while this answer was under way
  }

  private leave(slot: Slot): void {
    this.waiting.delete(slot)
    const flight = slot.flight
    if (!flight) return
    slot.flight = null
    slot.stale = true
    slot.touched = null
    flight.slots.delete(slot)
    if (flight.slots.size === 0) flight.stop.abort()
  }

  private tell(slot: Slot, change: Partial<Loaded>): void {
    slot.state = { ...slot.state, ...change }
    for (const listener of this.listeners.get(slot.id) ?? []) listener()
  }

  /** Old answers without a panel go, oldest first. */
  private forget(): void {
    const idle = [...this.slots].filter(([id, slot]) => !this.listeners.has(id) && slot.used > 0)
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

/** A part that brings the slot up to date; null when that takes the whole. */
function partOf({ ask, state, touched, parts }: Slot): Part | null {
  const { frame } = state
  if (!frame || !touched || touched.size * 2 > ask.runs.length || parts >= PARTS || ask.group || ask.range || ask.x.startsWith("metric:")) return null
  return { runs: [...touched].sort(), range: [frame.start, frame.start + frame.width * ask.buckets - 1] }
}

/** The metric, then everything that a batch shares. */
function shapeOf(ask: Ask): string {
  return `${ask.metric.replaceAll("\n", " ")}\n${ask.ws} ${ask.x} ${ask.range?.join("…") ?? ""} ${ask.buckets} ${ask.group} ${ask.band} ${runsKey(ask.runs)}`
}
