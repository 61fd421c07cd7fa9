// The series of one chart of this run: fetched when it is in sight, brought up to date while points arrive, at most once
// a second and never while an answer is under way.
import { keepPreviousData, useQuery } from "@tanstack/react-query"
import { useEffect, useLayoutEffect, useRef } from "react"
import { callFrame } from "~/api/client"
import { useEvents } from "~/api/events"
import { seriesFrame, type GridHeader, type SeriesFrame } from "~/charts/grid"

const EVERY_MS = 1_000

export interface Asked {
  ws: string
  run: string
  metrics: string[]
  x: string
  range: [number, number] | null
  buckets: number
  visible: boolean
}

export function useSeries({ ws, run, metrics, x, range, buckets, visible }: Asked) {
  const query = useQuery({
    queryKey: [ws, "run chart", run, x, range, buckets, ...metrics],
    enabled: visible,
    staleTime: 60_000,
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }): Promise<SeriesFrame> => {
      const frame = await callFrame<"series_query", GridHeader>("series_query", {}, { runs: [run], metrics, x, range, buckets }, { ws, signal })
      return seriesFrame(frame.header, Object.fromEntries(frame.columns) as Record<string, Float64Array>)
    },
  })
  const state = useRef({ stale: false, timer: 0, query, visible })
  useLayoutEffect(() => {
    state.current.query = query
    state.current.visible = visible
  })
  const attempt = (): void => {
    const now = state.current
    now.timer = 0
    if (!now.stale || !now.visible) return
    if (now.query.isFetching) {
      now.timer = window.setTimeout(attempt, EVERY_MS / 2)
      return
    }
    now.stale = false
    void now.query.refetch({ cancelRefetch: false })
    now.timer = window.setTimeout(attempt, EVERY_MS)
  }
  useEvents(["run.points"], (events) => {
    if (!events.some((event) => event.subject === run)) return
    state.current.stale = true
    if (!state.current.timer) attempt()
  })
  useEffect(() => {
    if (visible && state.current.stale && !state.current.timer) attempt()
  }, [visible])
  useEffect(() => () => clearTimeout(state.current.timer), [])
  return query
}
