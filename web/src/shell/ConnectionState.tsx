import { CloudOff, LoaderCircle, Radio } from "lucide-react"
import { useConnection } from "~/api/events"
import { Tip } from "~/ui/Tooltip"

/** Whether what is on screen is live. Says nothing loud while all is well. */
export function ConnectionState() {
  const { state, retry } = useConnection()
  if (state === "connecting") return <span role="status" aria-label="Connecting" />
  if (state === "live") {
    return (
      <Tip label="Changes appear here by themselves">
        <span role="status" tabIndex={0} className="inline-flex items-center gap-1.5 rounded-control px-1 text-dense text-ok"><Radio size={14} aria-hidden /><span className="max-sm:sr-only">Live</span></span>
      </Tip>
    )
  }
  const offline = state === "offline"
  return (
    <button type="button" onClick={retry} className="inline-flex h-7 cursor-default items-center gap-1.5 rounded-control border border-warn px-2 text-dense text-warn hover:bg-hover" title="Try now">
      {offline ? <CloudOff size={14} aria-hidden /> : <LoaderCircle size={14} className="animate-[spin_2s_linear_infinite]" aria-hidden />}
      <span role="status">{offline ? "Offline, trying again" : "Reconnecting"}</span>
    </button>
  )
}
