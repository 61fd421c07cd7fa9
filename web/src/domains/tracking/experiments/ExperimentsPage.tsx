import { useInfiniteQuery } from "@tanstack/react-query"
import { useParams, useSearch } from "@tanstack/react-router"
import { Plus } from "lucide-react"
import { useEffect, useRef, useState } from "react"
import { errorText } from "~/api/errors"
import * as queries from "~/api/queries"
import { curl, pyClient, pyText, useCopyAs } from "~/copyable"
import type { ListSearch } from "~/domains/tracking/search"
import { useSetSearch } from "~/link"
import { usePage } from "~/page"
import { Button } from "~/ui/Button"
import { EmptyState, Trouble } from "~/ui/EmptyState"
import { plural } from "~/ui/format"
import { SearchInput } from "~/ui/Input"
import { useKeys } from "~/ui/keys"
import { PageHead } from "~/ui/Section"
import { SkeletonRows } from "~/ui/Skeleton"
import { Segmented } from "~/ui/Tabs"
import { NameDialog } from "./dialogs"
import { ExperimentsTable } from "./ExperimentsTable"
import { asFilter } from "./filter"

/** Every experiment of the workspace. */
export function ExperimentsPage() {
  const { ws } = useParams({ from: "/w/$ws/experiments" })
  const search = useSearch({ from: "/w/$ws/experiments" })
  const setSearch = useSetSearch<ListSearch>()
  const shown = search.shown ?? "active"
  const filter = asFilter(search.q ?? "")
  const sort = search.sort ?? "last_update_time DESC"
  const list = useInfiniteQuery(queries.experimentsPages(ws, { filter, order_by: sort, max_results: 100, lifecycle: shown }))
  const items = list.data?.pages.flatMap((page) => page.items) ?? []
  const [creating, setCreating] = useState(false)
  const [typed, setTyped] = useState(search.q ?? "")
  const box = useRef<HTMLInputElement>(null)

  usePage([{ label: "Experiments" }])
  useCopyAs({
    sdk: `${pyClient(ws)}\nfor experiment in client.experiments.search(${pyText(filter)}):\n    print(experiment.id, experiment.name)`,
    curl: curl("/api/v1/experiments:search", { ws, body: { filter, order_by: [sort] } }),
  })
  useKeys([
    { keys: "/", label: "Filter", run: () => box.current?.focus() },
    { keys: "n", label: "New experiment", run: () => setCreating(true) },
  ])
  // What is typed goes to the URL when the typing pauses; what the URL says goes to the box.
  useEffect(() => {
    if (typed === (search.q ?? "")) return
    const timer = setTimeout(() => setSearch({ q: typed || undefined }), 250)
    return () => clearTimeout(timer)
  })
  const arrived = search.q ?? ""
  useEffect(() => { if (document.activeElement !== box.current) setTyped(arrived) }, [arrived])

  return (
    <div className="flex h-full flex-col">
      <PageHead title="Experiments" note={list.data ? `${plural(items.length, "experiment")}${list.hasNextPage ? " so far" : ""}` : undefined}>
        <SearchInput ref={box} value={typed} onChange={setTyped} label="Filter experiments" placeholder="Name, or tags.team = 'vision'" invalid={list.isError} className="w-64" />
        <Segmented label="Which experiments" value={shown} onChange={(next) => setSearch({ shown: next === "active" ? undefined : next })} options={[{ value: "active", label: "Active" }, { value: "deleted", label: "Deleted" }]} />
        <Button kind="primary" icon={<Plus size={14} />} onClick={() => setCreating(true)}>New experiment</Button>
      </PageHead>
      <div className="min-h-0 flex-1 overflow-auto border-t">
        {list.isError ? <Trouble title="The filter found no way" text={errorText(list.error)} />
          : list.data === undefined ? <SkeletonRows rows={12} />
          : items.length === 0 ? <Nothing filtered={filter !== ""} deleted={shown === "deleted"} />
          : <ExperimentsTable ws={ws} items={items} sort={sort} deleted={shown === "deleted"} onSort={(next) => setSearch({ sort: next })} />}
        {list.hasNextPage ? <div className="flex justify-center p-3"><Button disabled={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>Show more</Button></div> : null}
      </div>
      {creating ? <NameDialog ws={ws} onClose={() => setCreating(false)} /> : null}
    </div>
  )
}

function Nothing({ filtered, deleted }: { filtered: boolean; deleted: boolean }) {
  if (filtered) return <EmptyState title="No experiment matches">Words match names; the whole search language works too, such as <code>tags.team = 'vision'</code>.</EmptyState>
  if (deleted) return <EmptyState title="Nothing was deleted">Deleted experiments stay here, with their runs, until they are deleted for good.</EmptyState>
  return (
    <EmptyState title="No experiments yet" command={`import modelwright as mw\n\nmw.init(experiment="first", url="${location.origin}")`}>
      An experiment appears when a run first names it.
    </EmptyState>
  )
}
