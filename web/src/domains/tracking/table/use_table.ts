// The rows of the table and their keys. 100,000 rows take the server a moment, so changes are gathered: the table asks
// again at most every two seconds, and never while an answer is under way.
import { keepPreviousData, queryOptions, useQuery } from "@tanstack/react-query"
import { useEffect, useRef } from "react"
import { callFrame } from "~/api/client"
import { useEvents } from "~/api/events"
import type { RunTable } from "~/api/types_gen"
import { RunRows } from "../runs/rows"

export const rowsQuery = (ws: string, body: RunTable) =>
  queryOptions({
    queryKey: [ws, "table", body],
    queryFn: async ({ signal }) => {
      const began = performance.now()
      const rows = RunRows.of(await callFrame("runs_table", {}, body, { ws, signal }))
      took.set(rows, performance.now() - began)
      return rows
    },
    structuralSharing: false,
    placeholderData: keepPreviousData,
    staleTime: 30_000,
    gcTime: 60_000,
  })

const took = new WeakMap<RunRows, number>()
const LEAST_MS = 2_000
const FIRST = 100

/** Rows as columns, kept current while runs of the experiment change. */
export function useTable(ws: string, body: RunTable, order: readonly string[], enabled: boolean) {
  const query = useQuery({ ...rowsQuery(ws, body), enabled })
  // The first screen does not wait for the other 100,000 rows.
  const start = useQuery({ ...rowsQuery(ws, { ...body, order_by: [...order], limit: FIRST }), enabled: enabled && query.data === undefined && query.error === null })
  const waiting = useRef(0)
  const asked = useRef(0)
  useEffect(() => () => clearTimeout(waiting.current), [])
  const soon = () => {
    if (waiting.current) return
    const pace = Math.max(LEAST_MS, 4 * (query.data ? (took.get(query.data) ?? 0) : 0))
    waiting.current = window.setTimeout(() => {
      waiting.current = 0
      asked.current = Date.now()
      void query.refetch({ cancelRefetch: false })
    }, Math.max(50, asked.current + pace - Date.now()))
  }
  useEvents(["run"], (events) => {
    const here = new Set(body.experiments)
    if (events.some((event) => here.has(event.parent) && event.kind !== "run.logs" && event.kind !== "run.artifacts")) soon()
  })
  return { ...query, data: query.data ?? start.data, whole: query.data !== undefined, again: () => void query.refetch() }
}
