// Who changed what of this run, and when: its audit, newest first.
import { useInfiniteQuery } from "@tanstack/react-query"
import { call } from "~/api/client"
import { errorText } from "~/api/errors"
import type { AuditEvent } from "~/api/types_gen"
import { Button } from "~/ui/Button"
import { EmptyState, Trouble } from "~/ui/EmptyState"
import { absolute } from "~/ui/format"
import { usePreferences } from "~/ui/preferences"
import { SkeletonRows } from "~/ui/Skeleton"
import { Ago } from "~/ui/Time"
import { useWhyNot } from "../access"
import { valueText } from "../overview/values"
import type { TabProps } from "../RunPage"
import { actionWords, changesOf, type Change } from "./words"

export function Activity({ ws, run }: TabProps) {
  const why = useWhyNot(ws, "admin")
  const filter = `subject = 'runs/${run.id}' OR subject LIKE 'runs/${run.id}/%'`
  const query = useInfiniteQuery({
    queryKey: [ws, "audit", "run", run.id],
    enabled: why === undefined,
    queryFn: ({ pageParam, signal }) => call("audit_search_audit", {}, { filter, max_results: 100, page: pageParam }, { ws, signal }),
    initialPageParam: "",
    getNextPageParam: (last) => last.next_page || undefined,
  })
  if (why) return <EmptyState title="Activity is for admins">{why}. Every change is recorded all the same.</EmptyState>
  if (query.error) return <Trouble text={errorText(query.error)} actions={<Button onClick={() => void query.refetch()}>Try again</Button>} />
  if (!query.data) return <SkeletonRows rows={6} className="p-4" />
  const events = query.data.pages.flatMap((page) => page.items)
  if (events.length === 0) return <EmptyState title="No activity">Nothing was recorded of this run.</EmptyState>
  return (
    <div className="max-w-[960px] px-3 pt-1 pb-10 sm:px-4">
      <ol aria-label="Activity" className="m-0 list-none p-0">{events.map((event) => <Entry key={event.id} event={event} run={run.id} />)}</ol>
      {query.hasNextPage ? <Button className="mt-3" disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>{query.isFetchingNextPage ? "Loading…" : "Older"}</Button> : null}
    </div>
  )
}

function Entry({ event, run }: { event: AuditEvent; run: string }) {
  const changes = changesOf(event.detail).filter((change) => change.name !== "forked_from" || change.now !== null)
  const path = event.subject.slice(`runs/${run}/`.length)
  return (
    <li className="grid grid-cols-[88px_minmax(0,1fr)] gap-3 border-b py-2">
      <span className="text-text-3"><Ago at={event.at_ms} /></span>
      <div className="flex min-w-0 flex-col gap-1">
        <div><span dir="auto" className="font-medium">{event.actor}</span> <span className="text-text-2">{actionWords(event)}</span>{path ? <> <code className="[overflow-wrap:anywhere]">{path}</code></> : null}</div>
        {changes.slice(0, 20).map((change) => <Row key={change.name} change={change} />)}
        {changes.length > 20 ? <span className="text-dense text-text-3">and {changes.length - 20} more</span> : null}
      </div>
    </li>
  )
}

function Row({ change }: { change: Change }) {
  const zone = usePreferences((state) => state.zone)
  const text = (value: unknown): string => (typeof value === "number" && change.name.endsWith("_ms") ? absolute(value, zone) : valueText(value).slice(0, 300))
  return (
    <div className="flex min-w-0 flex-wrap items-baseline gap-x-2 font-mono text-dense">
      <span className="text-text-3">{change.name.replace(/_ms$/, "")}</span>
      {change.old === undefined || change.old === null ? null : <><span dir="auto" className="text-bad line-through decoration-1 [overflow-wrap:anywhere]">{text(change.old)}</span><span className="text-text-3">→</span></>}
      <span dir="auto" className="[overflow-wrap:anywhere]">{change.now === null ? <i className="text-text-3">removed</i> : text(change.now) || <i className="text-text-3">empty</i>}</span>
    </div>
  )
}
