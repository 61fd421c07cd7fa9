import { QueryClient } from "@tanstack/react-query"
import { expect, it } from "vitest"
import { invalidate, messages } from "./events"
import type { Event } from "./types_gen"

function body(...chunks: string[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(new TextEncoder().encode(chunk))
      controller.close()
    },
  })
}

it("reads events however the bytes are cut, and ids without data", async () => {
  const found = []
  for await (const message of messages(body("retry: 2000\nid: 4\n\nid: 5\nevent: run.po", "ints\ndata: {\"a\":1}\n", "\n: alive\n\nid: 9\n\n"))) found.push(message)
  expect(found.map(({ id, event, data }) => [id, event, data])).toEqual([["4", "", ""], ["5", "run.points", '{"a":1}'], ["", "", ""], ["9", "", ""]])
})

it("marks as stale what an event is about, and nothing else", () => {
  const client = new QueryClient()
  const keys: [unknown[], Record<string, unknown>?][] = [
    [["default", "run", "r1"]], [["default", "run", "r2"]], [["other", "run", "r1"]],
    [["default", "runs", {}], { experiments: ["1"], onPoints: true }], [["default", "runs", { q: 1 }], { experiments: ["1"] }], [["default", "runs", { q: 2 }], { experiments: ["2"], onPoints: true }],
    [["default", "series", 1], { runs: ["r1"] }], [["default", "series", 2], { runs: ["r2"] }],
  ]
  for (const [queryKey, meta] of keys) client.getQueryCache().build(client, { queryKey, ...(meta ? { meta } : {}) }).setData(1)
  const event: Event = { id: 1, at_ms: 0, workspace: "default", kind: "run.points", subject: "r1", parent: "1" }
  invalidate("default", client, [event])
  expect(keys.map(([queryKey]) => client.getQueryState(queryKey)?.isInvalidated)).toEqual([true, false, false, true, false, false, true, false])
})
