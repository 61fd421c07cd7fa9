import { useQuery } from "@tanstack/react-query"
import { Outlet, useLocation, useParams, useSearch } from "@tanstack/react-router"
import { ChartLine, GitCompareArrows, Rows3, ScatterChart } from "lucide-react"
import { errorText, isKind } from "~/api/errors"
import * as queries from "~/api/queries"
import { Link } from "~/link"
import { usePage } from "~/page"
import { paths } from "~/paths"
import { EmptyState, Trouble } from "~/ui/EmptyState"
import { count } from "~/ui/format"
import { Tabs, tabClass } from "~/ui/Tabs"

/** The views of one experiment: charts, table, comparison, exploration. Filter and eyes go along from one to the next. */
export function ExperimentFrame() {
  const { ws, id } = useParams({ from: "/w/$ws/experiments/$id" })
  const search = useSearch({ from: "/w/$ws/experiments/$id" })
  const path = useLocation({ select: (location) => location.pathname })
  const found = useQuery(queries.experiment(ws, id))
  const total = useQuery(queries.runsCount(ws, { experiments: [id] }))
  const name = found.data?.name ?? id
  const views = [
    { to: paths.experiment(ws, id), label: "Charts", Icon: ChartLine },
    { to: paths.table(ws, id), label: "Table", Icon: Rows3 },
    { to: paths.compare(ws, id), label: "Compare", Icon: GitCompareArrows },
    { to: paths.explore(ws, id), label: "Explore", Icon: ScatterChart },
  ]
  const here = views.find((view) => view.to === path.replace(/\/$/, "")) ?? views[0]
  usePage([{ label: "Experiments", to: paths.experiments(ws) }, { label: name }])
  if (isKind(found.error, "not_found")) {
    return <EmptyState title="There is no such experiment">It may be in another workspace, or deleted for good.</EmptyState>
  }
  if (found.error) return <Trouble text={errorText(found.error)} />
  return (
    <div className="flex h-full flex-col">
      <h1 className="sr-only">{name}: {here?.label}</h1>
      <div className="flex shrink-0 items-center border-b px-2 md:px-3">
        <Tabs label="Views of the experiment" className="min-w-0 flex-1">
          {views.map(({ to, label, Icon }) => (
            <Link key={to} to={to} search={search as Record<string, unknown>} className={tabClass(here?.to === to)} {...(here?.to === to ? { "aria-current": "page" as const } : {})}>
              <Icon size={14} aria-hidden />{label}
            </Link>
          ))}
        </Tabs>
        <span className="hidden pr-1 text-dense whitespace-nowrap text-text-3 sm:inline">{total.data ? `${count(total.data.count)} runs` : ""}</span>
      </div>
      <div className="min-h-0 flex-1 overflow-auto"><Outlet /></div>
    </div>
  )
}
