// The rows of the workspace. The first come alone: a screen of runs, and the charts of those that are drawn, do not wait
// for ten thousand others. The route asks for them while the code of the page is under way.
import { useQuery, type QueryClient } from "@tanstack/react-query"
import { useEffect, useState } from "react"
import { NO_ROWS, type RunRows } from "~/domains/tracking/runs/rows"
import { runKeys, runRows } from "~/domains/tracking/runs/use_rows"
import { readView, type View, type WorkspaceSearch } from "./state"

const HEAD = 200
const NOTICED_MS = 100
const REST_MS = 600 // after the first rows, so that the first charts go before the other rows

type Asking = Pick<View, "q" | "sort" | "cols" | "group" | "facet">

export const columnsOf = ({ cols, group, facet }: Asking): string[] => [...new Set([...cols, group, facet].filter((name) => name.includes(".")))]
const wanted = (experiment: string, view: Asking) => ({ experiment, filter: view.q, order: view.sort, columns: columnsOf(view) })
const first = (ws: string, experiment: string, view: Asking) => runRows(ws, { ...wanted(experiment, view), limit: HEAD })

/** Whether the first rows tell what is drawn. */
const firstWillDo = ({ draw, show, pins, group, find, baseline }: View): boolean => draw <= HEAD && show.length + pins.length === 0 && !group && !find && !baseline

/** Ask for what the page of an address shows first, and wait for it as long as nobody would notice: a page that is
 * rendered once is sooner there than one that is rendered empty and again. */
export async function prefetchRuns(client: QueryClient, ws: string, id: string, search: WorkspaceSearch): Promise<void> {
  if (Object.keys(search).length === 1 && search["v"] !== undefined) return // a saved view: what it asks for is not known yet
  const view = readView(search)
  const all = [client.prefetchQuery(firstWillDo(view) ? first(ws, id, view) : runRows(ws, wanted(id, view))), client.prefetchQuery(runKeys(ws, id, ""))]
  await Promise.race([Promise.all(all), new Promise((resolve) => { setTimeout(resolve, NOTICED_MS) })])
}

export interface Runs {
  rows: RunRows
  error: unknown
  /** Nothing is here yet, or what is here belongs to another filter. */
  loading: boolean
  /** There are no runs at all. */
  none: boolean
  refetch: () => Promise<unknown>
}

/** The runs of the view: soon the first of them, then all. */
export function useRuns(ws: string, id: string, view: View): Runs {
  const quick = firstWillDo(view)
  const [whole, setWhole] = useState("")
  const asked = JSON.stringify(wanted(id, view))
  const head = useQuery({ ...first(ws, id, view), enabled: quick && whole !== asked })
  const more = head.data !== undefined && !head.isPlaceholderData && head.data.total > head.data.count
  const [rest, setRest] = useState("")
  const all = useQuery({ ...runRows(ws, wanted(id, view)), enabled: !quick || (more && rest === asked) || whole === asked })
  useEffect(() => {
    if (!more || rest === asked) return
    const timer = setTimeout(() => setRest(asked), REST_MS)
    return () => clearTimeout(timer)
  }, [more, rest, asked])
  const here = all.data !== undefined && !all.isPlaceholderData
  // Once all are here, they alone are kept up to date.
  if (here && whole !== asked) setWhole(asked)
  const [last, setLast] = useState(NO_ROWS)
  const fresh = here ? all.data : head.data !== undefined && !head.isPlaceholderData ? head.data : undefined
  if (fresh && fresh !== last) setLast(fresh)
  const use = here || !quick || whole === asked ? all : head
  return {
    // A filter that is refused leaves the runs of the last good one on screen.
    rows: fresh ?? all.data ?? head.data ?? last,
    error: use.error, loading: fresh === undefined && !use.error, none: fresh?.total === 0, refetch: () => use.refetch(),
  }
}
