// The head of a run's page: state, name, what it belongs to, when it ran, and what can be done with it.
import { useQuery } from "@tanstack/react-query"
import { Pencil } from "lucide-react"
import { useState, type ReactNode } from "react"
import * as queries from "~/api/queries"
import type { Run } from "~/api/types_gen"
import { Link } from "~/link"
import { paths } from "~/paths"
import { CopyButton } from "~/ui/CopyButton"
import { IconButton } from "~/ui/IconButton"
import { Input } from "~/ui/Input"
import { Badge, Status } from "~/ui/Status"
import { Ago, Took } from "~/ui/Time"
import { useWhyFixed } from "./access"
import { useRunChanges } from "./change"
import { RunActions } from "./RunActions"

/** The state as people see it: a run that was asked to stop is stopping. */
export function stateOf(run: Run): string {
  return run.state === "running" && run.stop_requested ? "stopping" : run.state
}

export function RunHeader({ ws, run }: { ws: string; run: Run }) {
  const experiment = useQuery(queries.experiment(ws, run.experiment_id)).data
  return (
    <header className="flex shrink-0 flex-col gap-1 px-3 pt-3 pb-1.5 sm:px-4">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1.5">
        <Status state={stateOf(run)} className="font-medium" />
        <Name ws={ws} run={run} />
        <RunActions ws={ws} run={run} />
      </div>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-0.5 text-dense text-text-2">
        <Part label="Experiment">
          <Link to={paths.experiment(ws, run.experiment_id)} className="max-w-60 truncate text-accent hover:underline" dir="auto">{experiment?.name ?? run.experiment_id}</Link>
        </Part>
        {run.kind !== "training" ? <Badge>{run.kind}</Badge> : null}
        {run.group ? <Part label="Group"><span dir="auto" title={run.group} className="max-w-48 truncate text-text">{run.group}</span></Part> : null}
        {run.parent_id ? <Part label="Parent"><RunName ws={ws} id={run.parent_id} /></Part> : null}
        {run.forked_from ? <Part label="Fork of"><RunName ws={ws} id={run.forked_from} />{run.fork_step === null ? null : <span>at step {run.fork_step}</span>}</Part> : null}
        <Part label="Started"><span className="text-text"><Ago at={run.start_ms ?? run.created_ms} /></span></Part>
        <Part label={run.end_ms === null && run.state === "running" ? "Running for" : "Took"}>
          <span className="text-text"><Took from={run.start_ms ?? run.created_ms} to={run.state === "running" ? null : (run.end_ms ?? run.heartbeat_ms ?? run.start_ms)} /></span>
        </Part>
        {run.user ? <Part label="By"><span dir="auto" className="max-w-40 truncate text-text">{run.user}</span></Part> : null}
        <span className="inline-flex items-center"><code title={run.id} className="text-text-3">{run.id.slice(-10)}</code><CopyButton text={run.id} label="Copy the run's id" /></span>
      </div>
    </header>
  )
}

function Part({ label, children }: { label: string; children: ReactNode }) {
  return <span className="inline-flex min-w-0 items-center gap-1 whitespace-nowrap"><span className="text-text-3">{label}</span>{children}</span>
}

/** A run by its name, as a link. */
export function RunName({ ws, id }: { ws: string; id: string }) {
  const { data } = useQuery(queries.run(ws, id))
  return <Link to={paths.run(ws, id)} dir="auto" className="max-w-48 truncate text-accent hover:underline">{data?.name ?? id.slice(-10)}</Link>
}

function Name({ ws, run }: { ws: string; run: Run }) {
  const [draft, setDraft] = useState<string | null>(null)
  const { update } = useRunChanges(ws, run.id)
  const why = useWhyFixed(ws, run)
  const save = (): void => {
    const name = draft?.trim() ?? ""
    setDraft(null)
    if (name !== "" && name !== run.name) void update({ name }, "Renamed", { name: run.name })
  }
  if (draft !== null) {
    return (
      <form className="min-w-48 flex-1 max-sm:order-last max-sm:basis-full" onSubmit={(event) => { event.preventDefault(); save() }}>
        <Input autoFocus aria-label="Name of the run" dir="auto" maxLength={500} value={draft} className="text-title font-semibold" onChange={(event) => setDraft(event.target.value)} onBlur={save} onKeyDown={(event) => { if (event.key === "Escape") setDraft(null) }} />
      </form>
    )
  }
  return (
    <div className="group flex min-w-0 flex-1 items-center gap-1 max-sm:order-last max-sm:basis-full">
      <h1 dir="auto" title={run.name} onDoubleClick={() => { if (!why) setDraft(run.name) }} className="m-0 min-w-0 truncate text-title font-semibold">{run.name || "Unnamed"}</h1>
      <span title={why}><IconButton small label="Rename" disabled={why !== undefined} onClick={() => setDraft(run.name)} className="opacity-0 group-hover:opacity-100 focus-visible:opacity-100 max-sm:opacity-100"><Pencil size={13} /></IconButton></span>
    </div>
  )
}
