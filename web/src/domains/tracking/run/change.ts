// Changes of a run from its page: sent, shown at once, undone with one click, said when they fail.
import { useQueryClient } from "@tanstack/react-query"
import { call } from "~/api/client"
import { errorText } from "~/api/errors"
import * as queries from "~/api/queries"
import type { Run, RunUpdate } from "~/api/types_gen"
import { toast } from "~/ui/toast"

export interface RunChanges {
  /** Answers whether it was done. `undo` is the change that takes it back. */
  update: (change: RunUpdate, said?: string, undo?: RunUpdate) => Promise<boolean>
  stop: () => Promise<boolean>
  remove: () => Promise<boolean>
  restore: () => Promise<boolean>
}

export function useRunChanges(ws: string, id: string): RunChanges {
  const client = useQueryClient()
  const key = queries.run(ws, id).queryKey
  const show = (run: Run) => client.setQueryData(key, run)
  const fresh = () => Promise.all([
    client.invalidateQueries({ queryKey: key }),
    client.invalidateQueries({ queryKey: [ws, "runs"] }),
    client.invalidateQueries({ queryKey: [ws, "audit"] }),
  ])
  const attempt = async (work: () => Promise<unknown>): Promise<boolean> => {
    try {
      await work()
      void fresh()
      return true
    } catch (error) {
      toast(errorText(error), { bad: true })
      void fresh()
      return false
    }
  }
  const update: RunChanges["update"] = async (change, said, undo) => {
    const done = await attempt(async () => show(await call("runs_update", { run_id: id }, change, { ws })))
    if (done && said) toast(said, undo ? { undo: () => update(undo) } : {})
    return done
  }
  const restore = () => attempt(async () => show(await call("runs_restore", { run_id: id }, undefined, { ws })))
  return {
    update,
    restore,
    stop: () => attempt(async () => show(await call("runs_stop", { run_id: id }, undefined, { ws }))),
    remove: async () => {
      const done = await attempt(() => call("runs_delete", { run_id: id }, undefined, { ws }))
      if (done) toast("Run deleted", { undo: restore })
      return done
    },
  }
}
