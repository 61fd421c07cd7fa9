import { useQuery } from "@tanstack/react-query"
import { toNumber } from "~/api/num"
import * as queries from "~/api/queries"
import type { Run } from "~/api/types_gen"
import { Link } from "~/link"
import { paths } from "~/paths"
import { number, si } from "~/ui/format"
import { Section } from "~/ui/Section"
import { SkeletonRows } from "~/ui/Skeleton"
import { Status } from "~/ui/Status"
import { Took } from "~/ui/Time"

const SHOWN = 12
const TOTALS = ["max_steps", "total_steps", "num_steps", "steps", "n_estimators", "iterations", "max_iter", "epochs"]

/** Runs that go on, with how far they are and what they last said. */
export function RunningNow({ ws }: { ws: string }) {
  const found = useQuery(queries.runs(ws, { filter: "state = 'running'", order_by: ["start_time DESC"], max_results: SHOWN }, { onPoints: true }))
  const items = found.data?.items
  const more = Boolean(found.data?.next_page)
  return (
    <Section title="Running now" note={more ? `the newest ${SHOWN}` : undefined}>
      {items === undefined ? <SkeletonRows rows={3} /> : items.length === 0 ? (
        <p className="m-0 py-3 text-text-3">Nothing is running.</p>
      ) : (
        <ul className="m-0 list-none p-0">
          {items.map((run) => <Row key={run.id} ws={ws} run={run} />)}
        </ul>
      )}
    </Section>
  )
}

function Row({ ws, run }: { ws: string; run: Run }) {
  const { step, total } = progress(run)
  const metric = headline(run)
  return (
    <li className="flex items-center gap-3 border-b py-2 hover:bg-hover">
      <Status state={run.stop_requested ? "stopping" : "running"} bare />
      <div className="min-w-0 flex-1">
        <Link to={paths.run(ws, run.id)} className="block truncate font-medium hover:text-accent">{run.name}</Link>
        <div className="flex items-center gap-2 text-dense text-text-3">
          <span><Took from={run.start_ms} to={null} /></span>
          {run.user ? <span className="truncate">{run.user}</span> : null}
        </div>
      </div>
      {metric ? (
        <div className="hidden min-w-0 text-right text-dense sm:block">
          <div className="max-w-40 truncate text-text-3">{metric.key}</div>
          <div className="font-mono">{number(metric.value)}</div>
        </div>
      ) : null}
      <div className="w-24 shrink-0 text-right text-dense">
        <div className="font-mono">{step === undefined ? "–" : total === undefined ? `step ${si(step)}` : `${si(step)} / ${si(total)}`}</div>
        <div aria-hidden className="mt-1 h-1 overflow-hidden rounded-full bg-hover">
          {step !== undefined && total !== undefined ? <div className="h-full bg-running" style={{ width: `${Math.min(100, (step / total) * 100)}%` }} /> : null}
        </div>
      </div>
    </li>
  )
}

/** The step a run is at and, when a param says so, the last one. */
function progress(run: Run): { step: number | undefined; total: number | undefined } {
  const steps = Object.entries(run.metrics).filter(([key]) => !key.startsWith("system/")).map(([, metric]) => metric.step)
  if (steps.length === 0) return { step: undefined, total: undefined }
  const step = steps.reduce((most, value) => Math.max(most, value), 0)
  const total = TOTALS.map((key) => run.params[key]).find((value): value is number => typeof value === "number" && value >= step && value > 0)
  return { step, total }
}

/** The metric that says most: a loss or a score if there is one. */
function headline(run: Run): { key: string; value: number } | undefined {
  const keys = Object.keys(run.metrics).filter((key) => !key.startsWith("system/"))
  const key = keys.find((name) => /val.*(loss|acc|auc|f1)/i.test(name)) ?? keys.find((name) => /loss|acc|auc|score/i.test(name)) ?? keys[0]
  return key === undefined ? undefined : { key, value: toNumber(run.metrics[key]?.last) }
}
