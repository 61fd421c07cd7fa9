import { useQuery } from "@tanstack/react-query"
import { ScrollText } from "lucide-react"
import * as queries from "~/api/queries"
import { Link } from "~/link"
import { paths } from "~/paths"
import { Section } from "~/ui/Section"
import { SkeletonRows } from "~/ui/Skeleton"
import { Status } from "~/ui/Status"
import { Ago, Took } from "~/ui/Time"

/** Runs of the week that did not end well, newest first, each with the way to its last words. */
export function Failures({ ws, from }: { ws: string; from: number }) {
  const found = useQuery(queries.runs(ws, { filter: `state IN ('failed', 'crashed') AND end_time >= ${from}`, order_by: ["end_time DESC"], max_results: 10, with_data: false }))
  const items = found.data?.items
  return (
    <Section title="Needs you" note={found.data?.next_page ? "the newest 10" : undefined}>
      {items === undefined ? <SkeletonRows rows={4} /> : items.length === 0 ? (
        <p className="m-0 py-3 text-text-3">No run failed or crashed in the last 7 days.</p>
      ) : (
        <ul className="m-0 list-none p-0">
          {items.map((run) => (
            <li key={run.id} className="flex h-9 items-center gap-3 border-b hover:bg-hover">
              <Status state={run.state} className="w-20" />
              <Link to={paths.run(ws, run.id)} className="min-w-0 flex-1 truncate font-medium hover:text-accent">{run.name}</Link>
              <span className="hidden text-dense text-text-3 sm:inline">after <Took from={run.start_ms} to={run.end_ms ?? run.heartbeat_ms} /></span>
              <span className="w-24 text-right text-dense text-text-2"><Ago at={run.end_ms} /></span>
              <Link to={paths.run(ws, run.id, "logs")} aria-label={`Logs of ${run.name}`} title="Logs" className="inline-flex size-7 items-center justify-center rounded-control text-text-3 hover:bg-hover hover:text-text"><ScrollText size={14} /></Link>
            </li>
          ))}
        </ul>
      )}
    </Section>
  )
}
