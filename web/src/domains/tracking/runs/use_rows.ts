// Reading tables of runs, their keys and the values of one.
import { keepPreviousData, queryOptions } from "@tanstack/react-query"
import { call, callFrame } from "~/api/client"
import { RunRows } from "./rows"

export interface Wanted {
  experiment: string
  filter: string
  order: readonly string[]
  columns: readonly string[]
  limit?: number
}

export const MOST_ROWS = 100_000

const live = { staleTime: 30_000, placeholderData: keepPreviousData }

/** The runs of an experiment that a filter finds, as columns. Follows changes of runs; a page that shows metrics asks for
 * it again when points arrive, as often as it can bear (see `refreshed` in the workspace). */
export const runRows = (ws: string, { experiment, filter, order, columns, limit = MOST_ROWS }: Wanted) => {
  const body = { experiments: [experiment], filter, order_by: [...order], columns: [...columns], limit }
  return queryOptions({
    queryKey: [ws, "runs", "table", body],
    queryFn: async ({ signal }) => RunRows.of(await callFrame("runs_table", {}, body, { ws, signal })),
    structuralSharing: false,
    meta: { experiments: [experiment] },
    ...live,
  })
}

/** The params, tags, metrics and summaries that the runs of a filter have. */
export const runKeys = (ws: string, experiment: string, filter: string) => {
  const body = { experiments: [experiment], filter }
  return queryOptions({
    queryKey: [ws, "runs", "keys", body],
    queryFn: ({ signal }) => call("runs_columns", {}, body, { ws, signal }),
    meta: { experiments: [experiment] },
    ...live,
    staleTime: 10_000,
  })
}

/** The most frequent values of a key, for builders and facets. */
export const runFacets = (ws: string, experiment: string, filter: string, key: string, limit = 200) => {
  const body = { experiments: [experiment], filter, key, limit }
  return queryOptions({
    queryKey: [ws, "runs", "facets", body],
    queryFn: ({ signal }) => call("runs_facets", {}, body, { ws, signal }),
    meta: { experiments: [experiment] },
    enabled: key !== "",
    ...live,
  })
}
