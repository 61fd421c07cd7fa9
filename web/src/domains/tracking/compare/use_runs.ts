// The runs of a comparison, whole, in the order of the link. Links may carry the last digits of ids only.
import { useQueries, useQuery } from "@tanstack/react-query"
import * as queries from "~/api/queries"
import type { Run } from "~/api/types_gen"
import { SHORT } from "../runs/ids"

export const MOST = 50

export function idsOf(runs: readonly string[] | undefined): string[] {
  return [...new Set((runs ?? []).flatMap((each) => each.split(".")).filter((id) => /^[\w-]+$/.test(id)))].slice(0, MOST)
}

export interface Compared {
  runs: Run[]
  /** Ids of the link that no run has any more. */
  missing: string[]
  loading: boolean
  error: unknown
}

export function useCompared(ws: string, experiment: string, ids: readonly string[]): Compared {
  const short = ids.filter((id) => id.length <= SHORT)
  const filter = short.map((id) => `run_id LIKE '%${id}'`).join(" OR ")
  const resolved = useQuery({ ...queries.runs(ws, { experiments: [experiment], filter, max_results: MOST, with_data: false }), enabled: short.length > 0 })
  const whole = ids.flatMap((id) => (id.length > SHORT ? [id] : (resolved.data?.items ?? []).filter((run) => run.id.endsWith(id)).map((run) => run.id).slice(0, 1)))
  const answers = useQueries({ queries: whole.map((id) => queries.run(ws, id)) })
  const runs = answers.flatMap((answer) => (answer.data ? [answer.data] : []))
  return {
    runs,
    missing: [...whole.filter((_, at) => answers[at]?.isError), ...(resolved.data ? short.filter((id) => !whole.some((found) => found.endsWith(id))) : [])],
    loading: (short.length > 0 && resolved.isPending) || answers.some((answer) => answer.isPending),
    error: resolved.error ?? answers.find((answer) => answer.error)?.error ?? null,
  }
}
