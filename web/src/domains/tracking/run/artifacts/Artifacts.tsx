// The files of a run: a tree whose folders are read when they are opened, and the file of the address beside it.
import { useQuery } from "@tanstack/react-query"
import { useState } from "react"
import { errorText } from "~/api/errors"
import * as queries from "~/api/queries"
import { useGo } from "~/link"
import { paths } from "~/paths"
import { Button } from "~/ui/Button"
import { EmptyState, Trouble } from "~/ui/EmptyState"
import { panelSize, rememberPanelSize } from "~/ui/preferences"
import { SkeletonRows } from "~/ui/Skeleton"
import { Splitter } from "~/ui/Splitter"
import type { TabProps } from "../RunPage"
import { ArtifactTree } from "./ArtifactTree"
import { FilePane } from "./FilePane"

export function Artifacts({ ws, run, below }: TabProps) {
  const go = useGo()
  const [width, setWidth] = useState(() => panelSize("artifacts", 300))
  const root = useQuery(queries.artifacts(ws, run.id, ""))
  const open = (path: string): void => go(paths.run(ws, run.id, "artifacts", path))
  if (root.error) return <Trouble text={errorText(root.error)} actions={<Button onClick={() => void root.refetch()}>Try again</Button>} />
  if (!root.data) return <SkeletonRows rows={6} className="p-4" />
  if (root.data.items.length === 0) {
    return <EmptyState title="No files yet" command={'mw.log_artifact("model", name="models/best")'}>Files and folders that a run logs are kept with it, each content once.</EmptyState>
  }
  return (
    <div className="flex h-full min-h-0 max-md:flex-col">
      <div className="min-h-0 shrink-0 overflow-auto py-1 max-md:max-h-[40%] max-md:border-b md:w-[var(--pane)]" style={{ ["--pane" as string]: `${width}px` }}>
        <ArtifactTree ws={ws} run={run.id} selected={below} onOpen={open} />
      </div>
      <span className="flex max-md:hidden"><Splitter label="Width of the tree" value={width} min={180} max={640} onChange={(next) => { setWidth(next); rememberPanelSize("artifacts", next) }} /></span>
      <div className="min-h-0 min-w-0 flex-1 overflow-hidden"><FilePane ws={ws} run={run} path={below} onOpen={open} /></div>
    </div>
  )
}
