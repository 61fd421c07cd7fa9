import { useQuery } from "@tanstack/react-query"
import type { ReactNode } from "react"
import * as queries from "~/api/queries"
import { cn } from "~/ui/cn"
import { count } from "~/ui/format"
import { Skeleton } from "~/ui/Skeleton"

/** Four numbers that say how the week went. */
export function Numbers({ ws, from }: { ws: string; from: number }) {
  return (
    <dl className="m-0 grid grid-cols-2 border-b md:grid-cols-4">
      <Count ws={ws} filter="state = 'running'" label="Running now" tone="text-running" />
      <Count ws={ws} filter="state = 'queued'" label="Queued" />
      <Count ws={ws} filter={`state = 'finished' AND end_time >= ${from}`} label="Finished, 7 days" tone="text-ok" />
      <Count ws={ws} filter={`state IN ('failed', 'crashed') AND end_time >= ${from}`} label="Failed or crashed, 7 days" tone="text-bad" />
    </dl>
  )
}

function Count({ ws, filter, label, tone }: { ws: string; filter: string; label: string; tone?: string }): ReactNode {
  const found = useQuery(queries.runsCount(ws, { filter }))
  const value = found.data?.count
  return (
    <div className="flex flex-col gap-0.5 border-border px-4 py-3 not-last:border-r max-md:nth-2:border-r-0 max-md:nth-[-n+2]:border-b md:px-6">
      <dt className="text-dense text-text-2">{label}</dt>
      <dd className={cn("m-0 h-7 font-mono text-page font-medium", value ? tone : "text-text-3")}>{value === undefined ? <Skeleton className="mt-1 h-5 w-10" /> : count(value)}</dd>
    </div>
  )
}
