import { afterEach, expect, test, vi } from "vitest"
import { Loader, type Ask } from "./loader"

const ask: Ask = { ws: "default", metric: "loss", runs: ["a"], x: "step", range: null, buckets: 64, group: "", band: "minmax" }

/** An answer as the server writes it: a header without lines, no columns. */
function answer(): Response {
  const header = new TextEncoder().encode(JSON.stringify({ x: "step", start: 0, width: 1, buckets: 64, lines: [], columns: [] }))
  const bytes = new Uint8Array(8 + header.length)
  bytes.set(new TextEncoder().encode("MWF1"))
  new DataView(bytes.buffer).setUint32(4, header.length, true)
  bytes.set(header, 8)
  return new Response(bytes)
}

function serving(): { asked: string[][]; runs: string[][]; log: string[] } {
  const asked: string[][] = []
  const runs: string[][] = []
  const log: string[] = []
  vi.stubGlobal("window", globalThis)
  vi.stubGlobal("fetch", async (_: string, init: RequestInit) => {
    const body = JSON.parse(init.body as string) as { metrics: string[]; runs: string[] }
    asked.push(body.metrics)
    runs.push(body.runs)
    log.push(`asked for ${body.metrics[0]}`)
    await new Promise((done) => { setTimeout(done, 5) })
    log.push(`answered ${body.metrics[0]}`)
    return answer()
  })
  return { asked, runs, log }
}

afterEach(() => { vi.unstubAllGlobals() })

test("a panel that listens before it can ask hears the answer", async () => {
  serving()
  const loader = new Loader()
  let heard = 0
  loader.subscribe("panel", () => { heard += 1 })
  loader.want("panel", ask)
  await vi.waitFor(() => expect(loader.get("panel").frame).not.toBeNull())
  expect(heard).toBeGreaterThan(0)
})

test("points that come while an answer is under way are asked for after it", async () => {
  const { asked } = serving()
  const loader = new Loader()
  loader.subscribe("panel", () => {})
  loader.want("panel", ask)
  await vi.waitFor(() => expect(asked).toHaveLength(1))
  loader.touch(new Set(["a"]))
  await vi.waitFor(() => expect(asked).toHaveLength(2))
})

test("the first charts of a page share small requests, later ones large", async () => {
  const { asked } = serving()
  const loader = new Loader()
  for (let at = 0; at < 40; at++) loader.want(`panel ${at}`, { ...ask, metric: `m${at}` })
  await vi.waitFor(() => expect(asked.flat()).toHaveLength(40))
  expect(asked[0]).toEqual(["m0", "m1"])
  expect(asked.at(-2)).toHaveLength(8)
})

test("the panel that somebody works on is answered before the others are asked for", async () => {
  const { asked, log } = serving()
  const loader = new Loader()
  loader.hurry("panel 5")
  for (let at = 0; at < 12; at++) loader.want(`panel ${at}`, { ...ask, metric: `m${at}`, range: [0, 9] })
  await vi.waitFor(() => expect(asked.flat()).toHaveLength(12))
  expect(log.slice(0, 3)).toEqual(["asked for m5", "answered m5", "asked for m0"])
})

test("points of few runs bring only these up to date", async () => {
  const { runs } = serving()
  const loader = new Loader()
  loader.subscribe("panel", () => {})
  loader.want("panel", { ...ask, runs: ["a", "b", "c"] })
  await vi.waitFor(() => expect(loader.get("panel").loading).toBe(false))
  loader.touch(new Set(["b"]))
  await vi.waitFor(() => expect(runs).toHaveLength(2))
  expect(runs).toEqual([["a", "b", "c"], ["b"]])
  expect(loader.get("panel").error).toBe("")
})
