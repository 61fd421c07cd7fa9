import { useQuery } from "@tanstack/react-query"
import * as queries from "~/api/queries"
import { Link } from "~/link"
import { paths } from "~/paths"
import { buttonClass } from "~/ui/Button"
import { Section } from "~/ui/Section"
import { SkeletonRows } from "~/ui/Skeleton"
import { Status } from "~/ui/Status"
import { Ago } from "~/ui/Time"
import { ActivityBars } from "../ActivityBars"
import { useActivity } from "../recent"

/** Experiments by their latest run, with the runs of a fortnight as bars. */
export function RecentExperiments({ ws }: { ws: string }) {
  const { byId, loading } = useActivity(ws)
  const found = useQuery(queries.experiments(ws, { max_results: 200, order_by: "last_update_time DESC" }))
  const at = (id: string, otherwise: number) => byId.get(id)?.last.start_ms ?? byId.get(id)?.last.created_ms ?? otherwise
  const items = [...(found.data?.items ?? [])].sort((a, b) => at(b.id, b.updated_ms) - at(a.id, a.updated_ms)).slice(0, 8)
  return (
    <Section title="Recent experiments" actions={<Link to={paths.experiments(ws)} className={buttonClass("quiet")}>All</Link>}>
      {found.data === undefined || loading ? <SkeletonRows rows={5} /> : (
        <ul className="m-0 list-none p-0">
          {items.map((item) => {
            const activity = byId.get(item.id)
            return (
              <li key={item.id} className="flex h-10 items-center gap-3 border-b hover:bg-hover">
                {activity ? <Status state={activity.running > 0 ? "running" : activity.last.state} bare /> : <Status state="queued" word="No runs lately" bare />}
                <Link to={paths.experiment(ws, item.id)} className="min-w-0 flex-1 truncate font-medium hover:text-accent">{item.name}</Link>
                <ActivityBars activity={activity} />
                <span className="w-24 text-right text-dense text-text-2"><Ago at={activity ? at(item.id, item.updated_ms) : item.updated_ms} /></span>
              </li>
            )
          })}
        </ul>
      )}
    </Section>
  )
}
