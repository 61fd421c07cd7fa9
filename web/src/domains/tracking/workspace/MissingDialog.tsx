import { useMemo } from "react"
import { Dialog } from "~/ui/Dialog"
import { count, plural } from "~/ui/format"
import { Button } from "~/ui/Button"
import { Status } from "~/ui/Status"
import type { Loaded } from "./loader"
import { useSceneNow } from "./scene"
import { change, useView } from "./store"

/** Why runs are not among the lines of a panel, by reason, each with what helps. */
export function MissingDialog({ metric, loaded, onClose }: { metric: string; loaded: Loaded; onClose: () => void }) {
  const scene = useSceneNow()
  const q = useView((view) => view.q)
  const find = useView((view) => view.find)
  const range = useView((view) => view.range)
  const { rows } = scene
  const without = useMemo(() => {
    const have = new Set(loaded.frame?.lines.map((line) => line.key))
    return scene.groupOf ? [] : scene.ids.filter((id) => !have.has(id))
  }, [scene, loaded.frame])
  const closed = scene.listed.length - scene.drawn.size
  const unlisted = rows.total - scene.listed.length
  return (
    <Dialog open onOpenChange={(open) => { if (!open) onClose() }} title="Why is a run missing here?" description={metric} wide>
      <dl className="m-0 flex flex-col gap-3">
        <Reason title={plural(closed, "run")} text="closed eye, or beyond the runs that are drawn" action={closed > 0 ? <Button small onClick={() => change({ draw: Infinity, hide: [], show: [] }, "eyes")}>Draw all {count(scene.listed.length)}</Button> : null} />
        {find ? <Reason title={plural(unlisted, "run")} text={`name does not match the search ${find}`} action={<Button small onClick={() => change({ find: "" }, "find")}>Clear the search</Button>} /> : null}
        {q ? <Reason title="Some runs" text={`are left out by the filter ${q}`} action={<Button small onClick={() => change({ q: "" }, "filter")}>Clear the filter</Button>} /> : null}
        {range ? <Reason title="The zoom" text="hides what lies outside of it" action={<Button small onClick={() => change({ range: null }, "zoom")}>Show all</Button>} /> : null}
        <Reason title={plural(without.length, "drawn run")} text="never logged this metric" action={null} />
      </dl>
      {without.length > 0 ? (
        <ul className="m-0 mt-1 max-h-60 list-none overflow-auto rounded-panel border p-0">
          {without.slice(0, 300).map((id) => {
            const row = rows.rowOf(id)
            return <li key={id} className="flex h-7 items-center gap-2 border-b px-2 last:border-0"><Status state={rows.text("state", row)} bare /><span className="min-w-0 truncate" title={rows.name(row)}>{rows.name(row)}</span></li>
          })}
        </ul>
      ) : null}
    </Dialog>
  )
}

function Reason({ title, text, action }: { title: string; text: string; action: React.ReactNode }) {
  return (
    <div className="flex items-center gap-3">
      <div className="min-w-0 flex-1"><dt className="inline font-medium">{title}</dt> <dd className="m-0 inline break-words text-text-2">{text}</dd></div>
      {action}
    </div>
  )
}
