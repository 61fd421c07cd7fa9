// The runs of the last fortnight, from which the home page and the list of experiments tell what goes on.
import { useQuery } from "@tanstack/react-query"
import { useMemo } from "react"
import * as queries from "~/api/queries"
import type { Run } from "~/api/types_gen"

export const DAYS = 14
const DAY = 86_400_000
const MOST = 1_000

export interface Activity {
  /** Runs started a day, oldest first, `DAYS` of them. */
  days: number[]
  /** How many of them did not end well. */
  bad: number[]
  running: number
  last: Run
}

/** Midnight (UTC) of the day before which nothing counts; the same all day, so that the query keeps its key. */
export function since(days = DAYS): number {
  return Math.floor(Date.now() / DAY) * DAY - (days - 1) * DAY
}

/** Activity by experiment. `partial` when there were more runs than are looked at. */
export function useActivity(ws: string): { byId: Map<string, Activity>; partial: boolean; loading: boolean } {
  const from = since()
  const found = useQuery(queries.runs(ws, { filter: `start_time >= ${from}`, order_by: ["start_time DESC"], max_results: MOST, with_data: false }))
  const data = found.data
  return useMemo(() => {
    const byId = new Map<string, Activity>()
    for (const run of data?.items ?? []) {
      let activity = byId.get(run.experiment_id)
      if (!activity) byId.set(run.experiment_id, activity = { days: Array<number>(DAYS).fill(0), bad: Array<number>(DAYS).fill(0), running: 0, last: run })
      const day = Math.floor(((run.start_ms ?? run.created_ms) - from) / DAY)
      if (day >= 0 && day < DAYS) {
        activity.days[day] = (activity.days[day] ?? 0) + 1
        if (run.state === "failed" || run.state === "crashed") activity.bad[day] = (activity.bad[day] ?? 0) + 1
      }
      if (run.state === "running") activity.running += 1
    }
    return { byId, partial: Boolean(data?.next_page), loading: data === undefined }
  }, [data, from])
}
