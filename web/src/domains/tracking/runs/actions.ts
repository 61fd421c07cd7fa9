// Changing runs from lists: what was done is said, and can be undone.
import type { QueryClient } from "@tanstack/react-query"
import { call } from "~/api/client"
import { errorText } from "~/api/errors"
import type { RunUpdate } from "~/api/types_gen"
import { plural } from "~/ui/format"
import { toast } from "~/ui/toast"

async function tried<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work()
  } catch (error) {
    toast(errorText(error), { bad: true })
    return undefined
  }
}

function refresh(queries: QueryClient, ws: string): void {
  void queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] === ws && (queryKey[1] === "runs" || queryKey[1] === "run") })
}

/** Apply a change to a run, and offer the way back. */
export async function updateRun(queries: QueryClient, ws: string, id: string, change: RunUpdate, before: RunUpdate, said: string): Promise<boolean> {
  const done = await tried(() => call("runs_update", { run_id: id }, change, { ws }))
  if (!done) return false
  refresh(queries, ws)
  toast(said, { undo: async () => { await tried(() => call("runs_update", { run_id: id }, before, { ws })); refresh(queries, ws) } })
  return true
}

/** Run one call for each run, a few at a time; says how many were refused. */
async function each(ids: readonly string[], work: (id: string) => Promise<unknown>): Promise<string[]> {
  const left = [...ids]
  const done: string[] = []
  let refusal: unknown
  const worker = async () => {
    for (let id = left.shift(); id !== undefined; id = left.shift()) {
      try {
        await work(id)
        done.push(id)
      } catch (error) {
        refusal = error
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(6, ids.length) }, worker))
  if (refusal !== undefined) toast(`${plural(ids.length - done.length, "run")} refused: ${errorText(refusal)}`, { bad: true })
  return done
}

export async function deleteRuns(queries: QueryClient, ws: string, ids: readonly string[], name?: string): Promise<void> {
  const done = await each(ids, (id) => call("runs_delete", { run_id: id }, undefined, { ws }))
  refresh(queries, ws)
  if (done.length === 0) return
  toast(name && done.length === 1 ? `Deleted ${name.slice(0, 60)}` : `Deleted ${plural(done.length, "run")}`, {
    undo: async () => { await each(done, (id) => call("runs_restore", { run_id: id }, undefined, { ws })); refresh(queries, ws) },
  })
}

export async function stopRuns(queries: QueryClient, ws: string, ids: readonly string[], name?: string): Promise<void> {
  const done = await each(ids, (id) => call("runs_stop", { run_id: id }, undefined, { ws }))
  refresh(queries, ws)
  if (done.length === 0) return
  toast(`Asked ${name && done.length === 1 ? name.slice(0, 60) : plural(done.length, "run")} to stop`, {
    undo: async () => { await each(done, (id) => call("runs_update", { run_id: id }, { stop_requested: false }, { ws })); refresh(queries, ws) },
  })
}
