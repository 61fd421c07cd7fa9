// One change of many runs: in parts as large as the server takes, told in one notice, with a way back where there is one.
import { call } from "~/api/client"
import { errorText } from "~/api/errors"
import type { BulkChange, BulkResult } from "~/api/types_gen"
import { plural } from "~/ui/format"
import { toast } from "~/ui/toast"

const MOST = 1000

async function send(ws: string, ids: readonly string[], change: Omit<BulkChange, "runs">): Promise<BulkResult> {
  const all: BulkResult = { done: 0, refused: 0, runs: [] }
  for (let at = 0; at < ids.length; at += MOST) {
    const part = await call("runs_change", {}, { ...change, runs: ids.slice(at, at + MOST) }, { ws })
    all.done += part.done
    all.refused += part.refused
    all.runs.push(...part.runs)
  }
  return all
}

export interface Bulk {
  /** What is said when it is done: `Deleted`, `Tagged`. */
  done: string
  change: Omit<BulkChange, "runs">
  undo?: Omit<BulkChange, "runs">
}

/** Change runs; answers whether any was changed. Refusals are told, never thrown. */
export async function changeRuns(ws: string, ids: readonly string[], bulk: Bulk, after: () => void): Promise<boolean> {
  try {
    const { done, refused, runs } = await send(ws, ids, bulk.change)
    after()
    const changed = runs.filter((run) => run.done).map((run) => run.id)
    const { undo } = bulk
    if (done > 0) {
      toast(`${bulk.done} ${plural(done, "run")}`, undo === undefined ? {} : {
        undo: async () => {
          try {
            await send(ws, changed, undo)
          } catch (error) {
            toast(errorText(error), { bad: true })
          }
          after()
        },
      })
    }
    if (refused > 0) toast(`${plural(refused, "run")} refused: ${runs.find((run) => !run.done)?.message ?? ""}`, { bad: true })
    return done > 0
  } catch (error) {
    toast(errorText(error), { bad: true })
    after()
    return false
  }
}
