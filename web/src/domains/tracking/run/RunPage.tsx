// The page of one run: its head, its tabs, and the tab that the address names. Each tab is code of its own.
import { useQuery } from "@tanstack/react-query"
import { useParams } from "@tanstack/react-router"
import { lazy, Suspense, useEffect, type ComponentType, type LazyExoticComponent } from "react"
import { urlOf } from "~/api/client"
import { errorText, isKind } from "~/api/errors"
import * as queries from "~/api/queries"
import type { Run } from "~/api/types_gen"
import { curl, useCopyAs } from "~/copyable"
import { Link, useGo } from "~/link"
import { usePage, type Crumb } from "~/page"
import { paths, RUN_TABS, runPlace, type RunTab } from "~/paths"
import { Button } from "~/ui/Button"
import { EmptyState, Trouble } from "~/ui/EmptyState"
import { useKeys } from "~/ui/keys"
import { Skeleton, SkeletonRows } from "~/ui/Skeleton"
import { Tabs, tabClass } from "~/ui/Tabs"
import { Banners } from "./Banners"
import { sdkLine } from "./RunActions"
import { RunHeader } from "./RunHeader"

export interface TabProps {
  ws: string
  run: Run
  /** What the address has below the tab: the path of an artifact. */
  below: string
}

const page = (load: () => Promise<ComponentType<TabProps>>): LazyExoticComponent<ComponentType<TabProps>> =>
  lazy(async () => ({ default: await load() }))

const PAGES: Record<RunTab, LazyExoticComponent<ComponentType<TabProps>>> = {
  overview: page(async () => (await import("./overview/Overview")).Overview),
  charts: page(async () => (await import("./charts/RunCharts")).RunCharts),
  system: page(async () => (await import("./charts/SystemCharts")).SystemCharts),
  logs: page(async () => (await import("./logs/Logs")).Logs),
  artifacts: page(async () => (await import("./artifacts/Artifacts")).Artifacts),
  media: page(async () => (await import("./media/Media")).Media),
  code: page(async () => (await import("./code/Code")).Code),
  children: page(async () => (await import("./children/Children")).Children),
  activity: page(async () => (await import("./activity/Activity")).Activity),
}

const WORDS: Record<RunTab, string> = {
  overview: "Overview",
  charts: "Charts",
  system: "System",
  logs: "Logs",
  artifacts: "Artifacts",
  media: "Media",
  code: "Code",
  children: "Children",
  activity: "Activity",
}

export function RunPage() {
  const { ws = "default", run: id = "", _splat } = useParams({ strict: false }) as { ws?: string; run?: string; _splat?: string }
  const { tab, below } = runPlace(_splat)
  const { data: run, error, refetch } = useQuery(queries.run(ws, id))
  useNamed(ws, id, run, tab)
  if (!run && error) return <NoRun ws={ws} error={error} onRetry={() => void refetch()} />
  if (!run) return <Waiting />
  const Page = PAGES[tab]
  return (
    <div className="flex h-full min-h-0 flex-col">
      <RunHeader key={id} ws={ws} run={run} />
      <RunTabs ws={ws} id={id} tab={tab} />
      <Banners ws={ws} run={run} />
      <div data-run-tab={tab} className="min-h-0 flex-1 overflow-auto" key={`${id} ${tab}`}>
        <Suspense fallback={<SkeletonRows rows={10} className="p-4" />}>
          <Page ws={ws} run={run} below={below} />
        </Suspense>
      </div>
    </div>
  )
}

function useNamed(ws: string, id: string, run: Run | undefined, tab: RunTab): void {
  const go = useGo()
  const experiment = useQuery({ ...queries.experiment(ws, run?.experiment_id ?? ""), enabled: run !== undefined }).data
  const own: Crumb = { label: run?.name || id.slice(-10), to: paths.run(ws, id) }
  usePage([
    { label: "Experiments", to: paths.experiments(ws) },
    ...(run ? [{ label: experiment?.name ?? run.experiment_id, to: paths.experiment(ws, run.experiment_id) }] : []),
    ...(tab === "overview" ? [own] : [own, { label: WORDS[tab] }]),
  ])
  useCopyAs({ sdk: sdkLine(ws, id), curl: curl(urlOf("runs_get", { run_id: id }), { ws }) })
  const beside = (by: number) => () => go(paths.run(ws, id, RUN_TABS[(RUN_TABS.indexOf(tab) + by + RUN_TABS.length) % RUN_TABS.length]))
  useKeys([
    { keys: "/", label: "Search on this tab", run: () => document.querySelector<HTMLInputElement>("main [role=searchbox], [data-run-tab] [role=searchbox]")?.focus() },
    { keys: "shift+ArrowRight", label: "Next tab of the run", run: beside(1) },
    { keys: "shift+ArrowLeft", label: "Tab before of the run", run: beside(-1) },
  ])
}

function RunTabs({ ws, id, tab }: { ws: string; id: string; tab: RunTab }) {
  // On a phone the tabs scroll; the open one is brought into sight.
  useEffect(() => {
    void document.querySelector("nav[aria-label='Views of the run'] [aria-current]")?.scrollIntoView({ inline: "nearest", block: "nearest" })
  }, [tab])
  return (
    <Tabs label="Views of the run" className="shrink-0 border-b px-3 sm:px-4">
      {RUN_TABS.map((name) => (
        <Link key={name} to={paths.run(ws, id, name)} className={tabClass(name === tab)} {...(name === tab ? { "aria-current": "page" as const } : {})}>
          {WORDS[name]}
        </Link>
      ))}
    </Tabs>
  )
}

function NoRun({ ws, error, onRetry }: { ws: string; error: unknown; onRetry: () => void }) {
  if (isKind(error, "not_found")) {
    return (
      <EmptyState title="There is no such run here" actions={<Link className="text-accent hover:underline" to={paths.experiments(ws)}>See the experiments of this workspace</Link>}>
        It may be in another workspace, or have been removed for good.
      </EmptyState>
    )
  }
  return <Trouble title="The run could not be loaded" text={errorText(error)} actions={<Button onClick={onRetry}>Try again</Button>} />
}

function Waiting() {
  return (
    <div role="status" aria-label="Loading the run" className="flex flex-col">
      <div className="flex h-[76px] flex-col gap-2.5 px-4 pt-4"><Skeleton className="h-5 w-72" /><Skeleton className="h-3 w-96 max-w-full" /></div>
      <div className="h-9 border-b" />
      <SkeletonRows rows={10} className="p-4" />
    </div>
  )
}
