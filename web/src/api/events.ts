// One stream of events for the whole page. It reconnects from where it was, says how it is, and tells queries what is
// stale; pages that want the events themselves subscribe.
import type { QueryClient } from "@tanstack/react-query"
import { useEffect, useEffectEvent } from "react"
import { create } from "zustand"
import type { Event } from "./types_gen"

export type Connection = "connecting" | "live" | "reconnecting" | "offline"

export const useConnection = create<{ state: Connection; since: number; retry: () => void }>(() => ({
  state: "connecting",
  since: Date.now(),
  retry: () => wake?.(),
}))

type Listener = (events: Event[]) => void

const listeners = new Set<Listener>()
const SETTLE_MS = 400 // events arrive in bursts; queries are told once for all of them
const SILENCE_MS = 40_000 // the server speaks every 15 s, so this much silence is a dead connection
let wake: (() => void) | undefined

/** Batches of events, at most one every 400 ms. Returns how to stop. */
export function subscribe(listener: Listener): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Batches of the events whose kind is one of `kinds` (or of that thing: `run`). */
export function useEvents(kinds: string[], listener: Listener): void {
  const on = useEffectEvent((events: Event[]) => {
    const wanted = events.filter((event) => kinds.includes(event.kind) || kinds.includes(event.kind.split(".")[0] ?? ""))
    if (wanted.length > 0) listener(wanted)
  })
  useEffect(() => subscribe((events) => on(events)), [])
}

/** Follow a workspace until the returned function is called. */
export function follow(ws: string, queries: QueryClient): () => void {
  const stop = new AbortController()
  void run(ws, queries, stop.signal)
  return () => stop.abort()
}

function say(state: Connection): void {
  if (useConnection.getState().state !== state) useConnection.setState({ state, since: Date.now() })
}

async function run(ws: string, queries: QueryClient, stop: AbortSignal): Promise<void> {
  let last = ""
  let failures = 0
  let waiting: Event[] = []
  let timer = 0
  const settle = () => {
    timer = 0
    const batch = waiting
    waiting = []
    for (const listener of listeners) listener(batch)
    invalidate(ws, queries, batch)
  }
  stop.addEventListener("abort", () => clearTimeout(timer))
  while (!stop.aborted) {
    const attempt = new AbortController()
    const end = () => attempt.abort()
    stop.addEventListener("abort", end, { once: true })
    let silence = window.setTimeout(end, SILENCE_MS)
    try {
      const response = await fetch("/api/v1/events", {
        headers: { accept: "text/event-stream", "x-modelwright-workspace": ws, ...(last ? { "last-event-id": last } : {}) },
        signal: attempt.signal,
      })
      if (response.status === 401) return say("offline")
      if (!response.ok || !response.body) throw new Error(`events answered ${response.status}`)
      if (failures > 0) void queries.invalidateQueries()
      failures = 0
      say("live")
      for await (const message of messages(response.body)) {
        clearTimeout(silence)
        silence = window.setTimeout(end, SILENCE_MS)
        if (message.id) last = message.id
        if (message.event === "reset") void queries.invalidateQueries()
        else if (message.data) {
          waiting.push(JSON.parse(message.data) as Event)
          timer ||= window.setTimeout(settle, SETTLE_MS)
        }
      }
    } catch {
      // Tried again below.
    } finally {
      clearTimeout(silence)
      stop.removeEventListener("abort", end)
    }
    if (stop.aborted) return
    failures += 1
    say(navigator.onLine && failures < 6 ? "reconnecting" : "offline")
    await pause(Math.min(15_000, 300 * 2 ** Math.min(failures, 6)) * (0.7 + Math.random() * 0.6), stop)
  }
}

/** Waits, or less when the network comes back or the user says "now". */
function pause(ms: number, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      window.removeEventListener("online", done)
      stop.removeEventListener("abort", done)
      wake = undefined
      resolve()
    }
    const timer = setTimeout(done, ms)
    wake = done
    window.addEventListener("online", done)
    stop.addEventListener("abort", done)
  })
}

interface Message { id: string; event: string; data: string }

/** Server-sent events of a body. An id without data moves the place to go on from. */
export async function* messages(body: ReadableStream<Uint8Array>): AsyncGenerator<Message> {
  const reader = body.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader()
  let text = ""
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      text += value
      const blocks = text.split("\n\n")
      text = blocks.pop() ?? ""
      for (const block of blocks) yield parse(block)
    }
  } finally {
    void reader.cancel().catch(() => {})
  }
}

function parse(block: string): Message {
  const message: Message = { id: "", event: "", data: "" }
  for (const line of block.split("\n")) {
    const colon = line.indexOf(":")
    const field = line.slice(0, colon)
    const value = line.slice(colon + 1).trimStart()
    if (field === "id" || field === "event") message[field] = value
    else if (field === "data") message.data += value
  }
  return message
}

/** Tell queries which of their answers are out of date. */
export function invalidate(ws: string, queries: QueryClient, events: Event[]): void {
  const runs = new Set<string>()
  const points = new Set<string>()
  const experiments = new Set<string>()
  const things = new Set<string>()
  for (const { kind, subject, parent } of events) {
    const [thing = "", verb = ""] = kind.split(".")
    things.add(thing)
    if (thing === "run") {
      runs.add(subject)
      experiments.add(parent)
      if (verb === "points") points.add(subject)
      if (verb === "logs") things.add(`logs ${subject}`)
      if (verb === "artifacts") things.add(`artifacts ${subject}`)
      if (verb !== "points" && verb !== "logs" && verb !== "artifacts") things.add("runs")
    } else if (thing === "experiment") experiments.add(subject)
  }
  void queries.invalidateQueries({
    predicate: ({ queryKey, meta }) => {
      const [where, what, id] = queryKey
      if (where !== ws) return false
      switch (what) {
        case "runs": {
          const within = meta?.["experiments"] as string[] | undefined
          const near = !within?.length || within.some((item) => experiments.has(item))
          return near && (things.has("runs") || (meta?.["onPoints"] === true && points.size > 0))
        }
        case "run": return runs.has(id as string)
        case "metrics": return points.has(id as string)
        case "children": return things.has("runs")
        case "series":
        case "keys": return ((meta?.["runs"] as string[] | undefined) ?? []).some((item) => points.has(item))
        case "console": return things.has(`logs ${String(id)}`)
        case "artifacts": return things.has(`artifacts ${String(id)}`)
        case "experiment": return things.has("experiment") && experiments.has(id as string)
        case "experiments": return things.has("experiment") || things.has("runs")
        case "models": return things.has("model")
        case "audit": return true
        default: return false
      }
    },
  })
}
