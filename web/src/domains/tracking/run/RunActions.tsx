// What can be done with a run: stop, fork, copy as, delete.
import { Code2, Copy, Ellipsis, GitFork, Link2, OctagonX, RotateCcw, SquareTerminal, Trash2 } from "lucide-react"
import { useState } from "react"
import { urlOf } from "~/api/client"
import type { Run } from "~/api/types_gen"
import { curl, pyClient, pyText } from "~/copyable"
import { paths } from "~/paths"
import { Button } from "~/ui/Button"
import { copyText } from "~/ui/clipboard"
import { IconButton } from "~/ui/IconButton"
import { Menu, MenuItem, MenuSeparator } from "~/ui/Menu"
import { toast } from "~/ui/toast"
import { useWhyFixed, useWhyNot } from "./access"
import { useRunChanges } from "./change"
import { ForkDialog } from "./ForkDialog"

export function RunActions({ ws, run }: { ws: string; run: Run }) {
  const [forking, setForking] = useState(false)
  const why = useWhyFixed(ws, run)
  const role = useWhyNot(ws, "contributor")
  const { stop, remove, restore } = useRunChanges(ws, run.id)
  const copy = (text: string, what: string): void => void copyText(text).then(() => toast(`${what} copied`))
  const alive = run.state === "running" || run.state === "queued" || run.state === "crashed"
  return (
    <div className="ml-auto flex items-center gap-1.5">
      {alive ? (
        <Button icon={<OctagonX size={14} />} why={run.stop_requested ? "It was asked to stop; its client has not answered yet" : why} onClick={() => void stop()}>
          {run.stop_requested ? "Stopping…" : "Stop"}
        </Button>
      ) : null}
      <Button icon={<GitFork size={14} />} why={why} onClick={() => setForking(true)}>Fork</Button>
      <Menu align="end" trigger={<IconButton label="More" className="border border-border-strong"><Ellipsis size={16} /></IconButton>}>
        <MenuItem icon={<Link2 size={14} />} onSelect={() => copy(location.origin + paths.run(ws, run.id), "Link")}>Copy link</MenuItem>
        <MenuItem icon={<Code2 size={14} />} onSelect={() => copy(sdkLine(ws, run.id), "Python")}>Copy as Python</MenuItem>
        <MenuItem icon={<SquareTerminal size={14} />} onSelect={() => copy(curl(urlOf("runs_get", { run_id: run.id }), { ws }), "curl command")}>Copy as curl</MenuItem>
        <MenuItem icon={<Copy size={14} />} onSelect={() => copy(run.id, "Run id")}>Copy id</MenuItem>
        <MenuSeparator />
        {run.lifecycle === "deleted" ? (
          <MenuItem icon={<RotateCcw size={14} />} disabled={role !== undefined} onSelect={() => void restore()}>{role ?? "Restore"}</MenuItem>
        ) : (
          <MenuItem danger icon={<Trash2 size={14} />} disabled={role !== undefined} onSelect={() => void remove()}>{role ?? "Delete"}</MenuItem>
        )}
      </Menu>
      {forking ? <ForkDialog ws={ws} run={run} onClose={() => setForking(false)} /> : null}
    </div>
  )
}

/** How the run is read from Python. */
export function sdkLine(ws: string, id: string): string {
  return `${pyClient(ws)}\nrun = client.runs.get(${pyText(id)})`
}
