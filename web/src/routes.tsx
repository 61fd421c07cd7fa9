// The whole route tree. Pages are lazy; their data is asked for while their code is under way.
import type { QueryClient } from "@tanstack/react-query"
import { createRootRouteWithContext, createRoute, createRouter, lazyRouteComponent, Outlet, redirect } from "@tanstack/react-router"
import { setWorkspace } from "~/api/client"
import * as queries from "~/api/queries"
import { prefetchRuns } from "~/domains/tracking/workspace/useRuns"
import { listSearch, runSearch, trackingSearch } from "~/domains/tracking/search"
import { SETTINGS_TABS } from "~/paths"
import { parseSearch, stringifySearch, text } from "~/search"
import { ErrorPage } from "~/shell/ErrorPage"
import { Frame } from "~/shell/Frame"
import { NotFoundPage } from "~/shell/NotFoundPage"
import { PagePending } from "~/shell/PagePending"

export interface RouterContext { queries: QueryClient }

const root = createRootRouteWithContext<RouterContext>()({ component: Outlet, notFoundComponent: NotFoundPage })

const index = createRoute({
  getParentRoute: () => root,
  path: "/",
  beforeLoad: () => { throw redirect({ to: "/w/$ws", params: { ws: "default" }, replace: true }) },
})

const login = createRoute({
  getParentRoute: () => root,
  path: "login",
  validateSearch: (raw: Record<string, unknown>): { to?: string | undefined } => {
    const to = text(raw["to"])
    // Only paths of ours: "//host" and "/\host" would leave.
    return to !== undefined && /^\/(?![/\\])/.test(to) ? { to } : {}
  },
  component: lazyRouteComponent(() => import("~/shell/LoginPage"), "LoginPage"),
})

// The short address of a run, which the SDK prints.
const shortRun = createRoute({
  getParentRoute: () => root,
  path: "runs/$run",
  validateSearch: (raw: Record<string, unknown>): { workspace?: string | undefined } => ({ workspace: text(raw["workspace"]) }),
  beforeLoad: ({ params, search }) => {
    throw redirect({ to: "/w/$ws/runs/$run", params: { ws: search.workspace ?? "default", run: params.run }, replace: true })
  },
})

const workspace = createRoute({
  getParentRoute: () => root,
  path: "w/$ws",
  beforeLoad: ({ params }) => { setWorkspace(params.ws) },
  component: Frame,
})

const home = createRoute({
  getParentRoute: () => workspace,
  path: "/",
  component: lazyRouteComponent(() => import("~/domains/tracking/home/HomePage"), "HomePage"),
})

const experiments = createRoute({
  getParentRoute: () => workspace,
  path: "experiments",
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import("~/domains/tracking/experiments/ExperimentsPage"), "ExperimentsPage"),
})

const experiment = createRoute({
  getParentRoute: () => workspace,
  path: "experiments/$id",
  validateSearch: trackingSearch,
  loader: ({ context, params }) => { void context.queries.prefetchQuery(queries.experiment(params.ws, params.id)) },
  component: lazyRouteComponent(() => import("~/domains/tracking/experiments/ExperimentFrame"), "ExperimentFrame"),
})

const tracking = createRoute({
  getParentRoute: () => experiment,
  path: "/",
  loader: ({ context, params, location }) => prefetchRuns(context.queries, params.ws, params.id, location.search),
  component: lazyRouteComponent(() => import("~/domains/tracking/workspace/WorkspacePage"), "WorkspacePage"),
})

const table = createRoute({
  getParentRoute: () => experiment,
  path: "table",
  component: lazyRouteComponent(() => import("~/domains/tracking/table/TablePage"), "TablePage"),
})

const compare = createRoute({
  getParentRoute: () => experiment,
  path: "compare",
  component: lazyRouteComponent(() => import("~/domains/tracking/compare/ComparePage"), "ComparePage"),
})

const explore = createRoute({
  getParentRoute: () => experiment,
  path: "explore",
  component: lazyRouteComponent(() => import("~/domains/tracking/explore/ExplorePage"), "ExplorePage"),
})

// One page for all tabs of a run: `paths.runPlace(useParams({ strict: false })._splat)` says which.
const run = createRoute({
  getParentRoute: () => workspace,
  path: "runs/$run",
  validateSearch: runSearch,
  loader: ({ context, params }) => { void context.queries.prefetchQuery(queries.run(params.ws, params.run)) },
  component: lazyRouteComponent(() => import("~/domains/tracking/run/RunPage"), "RunPage"),
})
const runOverview = createRoute({ getParentRoute: () => run, path: "/", component: () => null })
const runTab = createRoute({ getParentRoute: () => run, path: "$", component: () => null })

const settings = createRoute({
  getParentRoute: () => workspace,
  path: "settings/$tab",
  beforeLoad: ({ params }) => {
    if (!SETTINGS_TABS.some((tab) => tab === params.tab)) throw redirect({ to: "/w/$ws/settings/$tab", params: { ws: params.ws, tab: "users" }, replace: true })
  },
  component: lazyRouteComponent(() => import("~/domains/access/settings/SettingsPage"), "SettingsPage"),
})
const settingsIndex = createRoute({
  getParentRoute: () => workspace,
  path: "settings",
  beforeLoad: ({ params }) => { throw redirect({ to: "/w/$ws/settings/$tab", params: { ws: params.ws, tab: "users" }, replace: true }) },
})

const tree = root.addChildren([
  index,
  login,
  shortRun,
  workspace.addChildren([
    home,
    experiments,
    experiment.addChildren([tracking, table, compare, explore]),
    run.addChildren([runOverview, runTab]),
    settings,
    settingsIndex,
  ]),
])

export function makeRouter(client: QueryClient) {
  return createRouter({
    routeTree: tree,
    context: { queries: client },
    parseSearch,
    stringifySearch,
    scrollRestoration: true,
    defaultPendingMs: 150,
    defaultPendingMinMs: 0,
    defaultPendingComponent: PagePending,
    defaultErrorComponent: ErrorPage,
    defaultNotFoundComponent: NotFoundPage,
  })
}

declare module "@tanstack/react-router" {
  interface Register { router: ReturnType<typeof makeRouter> }
}
