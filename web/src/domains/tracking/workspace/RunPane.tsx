// The run list: header with filter, search, grouping, order and columns; rows that exist only while they are seen.
import { useQueryClient } from "@tanstack/react-query"
import { memo, useCallback, useEffect, useMemo, useRef, useState, type RefObject } from "react"
import { onCursor } from "~/charts/bus"
import { deleteRuns, stopRuns } from "~/domains/tracking/runs/actions"
import type { FieldOption } from "~/domains/tracking/runs/FieldPicker"
import { Button } from "~/ui/Button"
import { cn } from "~/ui/cn"
import { count } from "~/ui/format"
import { SkeletonRows } from "~/ui/Skeleton"
import { useRows } from "~/ui/VirtualList"
import { MOST_ROWS } from "~/domains/tracking/runs/use_rows"
import { setColour, setEyes, solo, toggleBaseline, toggleEye, togglePin } from "./deeds"
import { EditDialog, type Editing } from "./EditDialog"
import { useFocus } from "./focus"
import { GroupRow } from "./GroupRow"
import { ListHead, ListTools } from "./ListHead"
import type { RunDeed } from "./RunMenu"
import { RunRowView } from "./RunRowView"
import { GROUP, type Scene } from "./scene"
import { change, useView } from "./store"
import { useStopping } from "./useStopping"

export type Item = { group: string; rows: number[] } | { row: number }

/** The list as items: runs, or groups each followed by its runs unless it is folded. */
export function itemsOf(scene: Scene, folded: ReadonlySet<string>): Item[] {
  const { groupOf, listed } = scene
  if (!groupOf) return listed.map((row) => ({ row }))
  const groups = new Map<string, number[]>()
  for (const row of listed) {
    const name = groupOf(row)
    const rows = groups.get(name)
    if (rows) rows.push(row)
    else groups.set(name, [row])
  }
  const sorted = [...groups].sort(([a], [b]) => (a === "" ? 1 : b === "" ? -1 : a.localeCompare(b, "en", { numeric: true })))
  return sorted.flatMap(([group, rows]): Item[] => [{ group, rows }, ...(folded.has(group) ? [] : rows.map((row) => ({ row })))])
}

export interface RunPaneProps {
  scene: Scene
  loading: boolean
  error: unknown
  options: readonly FieldOption[]
  columns: readonly string[]
  filterRef: RefObject<HTMLInputElement | null>
  groupOpen: boolean
  onGroupOpen: (open: boolean) => void
}

export const RunPane = memo(function RunPane({ scene, loading, error, options, columns, filterRef, groupOpen, onGroupOpen }: RunPaneProps) {
  const client = useQueryClient()
  const { ws, rows } = scene
  const stopping = useStopping(ws, scene.experiment, rows)
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set())
  const [editing, setEditing] = useState<Editing | null>(null)
  const items = useMemo(() => itemsOf(scene, folded), [scene, folded])
  const scroll = useRef<HTMLDivElement>(null)
  const virtual = useRows(items.length, 28, scroll, 8)
  const focused = useFocus((state) => state.id)
  const draw = useView((view) => view.draw)
  const plain = useView((view) => view.hide.length + view.show.length === 0)

  useHovered(scroll)

  const now = useRef(scene)
  useEffect(() => { now.current = scene })
  const deed = useCallback((what: RunDeed, row: number, extra?: string | null) => {
    const scene = now.current
    const id = scene.rows.ids[row] ?? ""
    const name = scene.rows.name(row)
    switch (what) {
      case "focus": useFocus.setState({ id }); break
      case "eye": toggleEye(scene, row); break
      case "solo": solo(scene, row); break
      case "colour": setColour(id, extra ?? null); break
      case "pin": togglePin(scene, row); break
      case "baseline": toggleBaseline(scene, row); break
      case "stop": void stopRuns(client, scene.ws, [id], name); break
      case "delete": void deleteRuns(client, scene.ws, [id], name); break
      default: setEditing({ what, id, name })
    }
  }, [client])

  const move = (by: number) => {
    const at = items.findIndex((item) => "row" in item && rows.ids[item.row] === focused)
    for (let next = at + by; next >= 0 && next < items.length; next += by) {
      const item = items[next]
      if (item && "row" in item) {
        useFocus.setState({ id: rows.ids[item.row] ?? "" })
        virtual.scrollToIndex(next)
        return
      }
    }
  }
  const against = scene.baseline ? rows.rowOf(scene.baseline) : -1
  return (
    <div className="flex h-full min-h-0 flex-col bg-bg">
      <ListTools scene={scene} error={error} options={options} columns={columns} filterRef={filterRef} groupOpen={groupOpen} onGroupOpen={onGroupOpen} />
      <div className="flex h-7 shrink-0 items-center gap-1 px-2.5 text-dense text-text-2" aria-live="polite">
        <span className="min-w-0 truncate">
          <b className="font-medium text-text">{count(scene.drawn.size)}</b> of {count(rows.total)} {rows.total === 1 ? "run" : "runs"} drawn
          {scene.listed.length < rows.count || rows.count >= MOST_ROWS ? <span className="text-text-3"> · {count(scene.listed.length)} listed</span> : null}
        </span>
        <span className="ml-auto flex shrink-0">
          <Button kind="quiet" small disabled={draw === Infinity && plain} onClick={() => change({ draw: Infinity, hide: [], show: [] }, "eyes")}>All</Button>
          <Button kind="quiet" small disabled={scene.drawn.size === 0} onClick={() => change({ draw: 0, hide: [], show: [] }, "eyes")}>None</Button>
          {draw !== 30 || !plain ? <Button kind="quiet" small onClick={() => change({ draw: 30, hide: [], show: [] }, "eyes")}>First 30</Button> : null}
        </span>
      </div>
      <div
        ref={scroll} role="group" aria-label="Runs" tabIndex={0} className={cn("min-h-0 flex-1 overflow-auto border-t -outline-offset-2", loading && rows.count > 0 && "opacity-80")}
        onKeyDown={(event) => {
          if (event.key === "ArrowDown") move(1)
          else if (event.key === "ArrowUp") move(-1)
          else return
          event.preventDefault()
        }}
      >
        <div style={{ minWidth: columns.length > 0 ? 216 + columns.length * 88 : undefined }}>
          <ListHead rows={rows} columns={columns} />
          {loading && rows.count === 0 ? <SkeletonRows rows={14} /> : null}
          {!loading && items.length === 0 ? <p className="m-0 px-3 py-6 text-center text-text-2">{scene.fault || "No run is found by this filter and search."}</p> : null}
          <div className="relative" style={{ height: virtual.getTotalSize() }}>
            {virtual.getVirtualItems().map((each) => {
              const item = items[each.index]
              if (!item) return null
              return (
                <div key={"row" in item ? (rows.ids[item.row] ?? each.key) : `group ${item.group}`} className="absolute top-0 left-0 h-7 w-full" style={{ transform: `translateY(${each.start}px)` }}>
                  {"row" in item ? (
                    <RunRowView
                      ws={ws} rows={rows} row={item.row} columns={columns} drawn={scene.drawn.has(item.row)} pinned={scene.pinned.has(item.row)}
                      baseline={scene.baseline === rows.ids[item.row]} focused={focused === rows.ids[item.row]} against={against} onDeed={deed}
                      stopping={stopping.has(rows.ids[item.row] ?? "")} look={scene.looks.get(lineKey(scene, item.row))} lineKey={lineKey(scene, item.row)}
                    />
                  ) : (
                    <GroupRow
                      group={item.group} rows={item.rows} drawn={item.rows.filter((row) => scene.drawn.has(row)).length} look={scene.looks.get(GROUP + item.group)}
                      folded={folded.has(item.group)} onEyes={(open) => setEyes(scene, item.rows, open)}
                      onFold={() => setFolded((before) => { const next = new Set(before); if (!next.delete(item.group)) next.add(item.group); return next })}
                    />
                  )}
                </div>
              )
            })}
          </div>
        </div>
      </div>
      {editing ? <EditDialog ws={ws} editing={editing} onClose={() => setEditing(null)} /> : null}
    </div>
  )
})

function lineKey(scene: Scene, row: number): string {
  return scene.groupOf ? GROUP + scene.groupOf(row) : (scene.rows.ids[row] ?? "")
}

/** Marks the row of the line under the pointer, in any chart, without React. */
function useHovered(scroll: RefObject<HTMLElement | null>): void {
  useEffect(() => onCursor((now, before) => {
    if (now.lineKey === before.lineKey) return
    for (const row of scroll.current?.querySelectorAll<HTMLElement>("[data-run]") ?? []) row.toggleAttribute("data-hovered", now.lineKey !== null && row.dataset["run"] === now.lineKey)
  }), [scroll])
}
