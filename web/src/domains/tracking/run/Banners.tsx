// What must be known of a run before anything on its page is believed: deleted, crashed, asked to stop.
import { Info, Trash2, TriangleAlert, Zap } from "lucide-react"
import type { ReactNode } from "react"
import type { Run } from "~/api/types_gen"
import { Button } from "~/ui/Button"
import { cn } from "~/ui/cn"
import { Ago, At } from "~/ui/Time"
import { useWhyNot } from "./access"
import { useRunChanges } from "./change"

export function Banners({ ws, run }: { ws: string; run: Run }) {
  const why = useWhyNot(ws, "contributor")
  const { restore } = useRunChanges(ws, run.id)
  return (
    <>
      {run.lifecycle === "deleted" ? (
        <Banner tone="warn" icon={<Trash2 size={14} />} action={<Button small why={why} onClick={() => void restore()}>Restore</Button>}>
          Deleted <Ago at={run.deleted_ms} />. It can be restored until it is removed for good.
        </Banner>
      ) : null}
      {run.state === "crashed" ? (
        <Banner tone="bad" icon={<Zap size={14} />}>
          Crashed: no heartbeat since <At at={run.heartbeat_ms ?? run.end_ms} />. A late one revives it, with all that its client kept meanwhile.
        </Banner>
      ) : null}
      {run.state === "running" && run.stop_requested ? (
        <Banner tone="warn" icon={<TriangleAlert size={14} />}>
          Stopping… The run was asked to stop; its client hears of it with its next heartbeat or log.
        </Banner>
      ) : null}
      {run.forked_from && run.state === "running" && !run.heartbeat_ms && run.lifecycle === "active" ? (
        <Banner tone="idle" icon={<Info size={14} />}>
          A fork that waits for a client: continue it with <code>mw.init(id="{run.id}", resume="must")</code>.
        </Banner>
      ) : null}
    </>
  )
}

function Banner({ tone, icon, children, action }: { tone: "warn" | "bad" | "idle"; icon: ReactNode; children: ReactNode; action?: ReactNode }) {
  return (
    <div role="status" className="flex min-h-9 shrink-0 items-center gap-2 border-b bg-surface px-4 py-1">
      <span className={cn("shrink-0", tone === "bad" ? "text-bad" : tone === "warn" ? "text-warn" : "text-idle")}>{icon}</span>
      <span className="min-w-0 flex-1 break-words">{children}</span>
      {action}
    </div>
  )
}
