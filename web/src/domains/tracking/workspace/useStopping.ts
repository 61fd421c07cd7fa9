// Runs that were asked to stop and go on for now. The table of runs has their state alone, so the running ones are asked
// for by themselves; few are, and without any nothing is asked.
import { useQuery } from "@tanstack/react-query"
import { useMemo } from "react"
import { runs } from "~/api/queries"
import type { RunRows } from "~/domains/tracking/runs/rows"

const MOST = 200
const NONE: ReadonlySet<string> = new Set()

function anyRuns(rows: RunRows): boolean {
  const held = rows.column("state")
  const code = held?.head.dictionary?.indexOf("running") ?? -1
  return code >= 0 && held !== null && held.data.some((each) => Number(each) === code)
}

export function useStopping(ws: string, experiment: string, rows: RunRows): ReadonlySet<string> {
  const enabled = useMemo(() => anyRuns(rows), [rows])
  const { data } = useQuery({ ...runs(ws, { experiments: [experiment], filter: "state = 'running'", order_by: ["start_time DESC"], max_results: MOST, with_data: false }), enabled })
  return useMemo(() => {
    const found = data?.items.filter((run) => run.stop_requested).map((run) => run.id) ?? []
    return enabled && found.length > 0 ? new Set(found) : NONE
  }, [data, enabled])
}
