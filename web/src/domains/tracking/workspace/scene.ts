// What is on screen, from the view and the rows: which runs are listed, which are drawn, and how each looks.
import { createContext, useContext, useMemo, useState } from "react"
import { assign, type Look } from "~/charts/palette"
import { matcher } from "./sections"
import type { RunRows } from "~/domains/tracking/runs/rows"
import { shortId } from "~/domains/tracking/runs/ids"
import type { View } from "./state"

export interface Scene {
  ws: string
  experiment: string
  rows: RunRows
  /** Rows of the list in its order: pinned ones first, then those whose name is looked for. */
  listed: readonly number[]
  /** Rows that are drawn unless an eye says otherwise. */
  usual: ReadonlySet<number>
  drawn: ReadonlySet<number>
  /** Ids of drawn runs in order of the list. */
  ids: readonly string[]
  /** Ids that are asked for: those drawn, and those whose eyes were closed since, so that they come back at once. */
  fetched: readonly string[]
  pinned: ReadonlySet<number>
  baseline: string | null
  looks: ReadonlyMap<string, Look>
  /** Name of the group of a row, "" without one; null when runs are not grouped. */
  groupOf: ((row: number) => string) | null
  /** The list's regular expression is none. */
  fault: string
}

/** A group's name in one spelling: 1e-05 and 0.00001 are the same. */
export function groupName(value: unknown): string {
  if (value === null || value === undefined) return ""
  const text = String(value)
  if (text.trim() === "") return text
  const number = Number(text)
  return Number.isFinite(number) ? String(number) : text
}

export const GROUP = "group:"

/** What was on screen before, so that little changes when eyes do. */
class Memory {
  private of = ""
  private ids: readonly string[] = []
  private order: string[] = []

  /** Ids to ask for: those drawn, and a few whose eyes were closed since. The same list as long as it will do. */
  ask(of: string, drawn: readonly string[], exactly: boolean, exists: (id: string) => boolean): readonly string[] {
    const before = this.of === of ? this.ids : []
    this.of = of
    const have = new Set(before)
    if (exactly || before.length === 0) this.ids = drawn
    else if (drawn.some((id) => !have.has(id))) {
      const now = new Set(drawn)
      const closed = before.filter((id) => !now.has(id) && exists(id))
      // More of them would make every question heavier than it needs to be.
      this.ids = closed.length <= Math.max(20, drawn.length / 4) ? [...drawn, ...closed] : drawn
    }
    return this.ids
  }

  /** In the order in which runs came on screen: a run keeps its dash when others come and go. */
  inOrder(ids: readonly string[]): readonly string[] {
    const now = new Set(ids)
    const known = new Set(this.order)
    this.order = [...this.order.filter((id) => now.has(id)), ...ids.filter((id) => !known.has(id))]
    return this.order
  }
}

export function useScene(ws: string, experiment: string, rows: RunRows, view: View): Scene {
  const { find, pins, baseline, draw, hide, show, group, colours } = view
  const [memory] = useState(() => new Memory())

  const list = useMemo(() => {
    const pinned = new Set(pins.map((id) => rows.rowOf(id)).filter((row) => row >= 0))
    const match = matcher(find)
    const listed: number[] = [...pinned]
    for (let row = 0; row < rows.count; row++) if (!pinned.has(row) && (!find || match(rows.name(row)))) listed.push(row)
    return { pinned, listed, fault: match.fault ?? "" }
  }, [rows, find, pins])

  const eyes = useMemo(() => {
    const closed = new Set(hide)
    const open = new Set(show)
    const usual = new Set(list.listed.slice(0, draw === Infinity ? undefined : Math.max(draw, draw > 0 ? list.pinned.size : 0)))
    const drawn = new Set<number>()
    for (const row of list.listed) {
      const short = shortId(rows.ids[row] ?? "")
      if (open.has(short) || (usual.has(row) && !closed.has(short))) drawn.add(row)
    }
    return { usual, drawn, ids: list.listed.filter((row) => drawn.has(row)).map((row) => rows.ids[row] ?? "") }
  }, [rows, list, draw, hide, show])

  const fetched = useMemo(() => memory.ask(`${ws} ${experiment} ${group}`, eyes.ids, group !== "", (id) => rows.rowOf(id) >= 0), [memory, ws, experiment, group, eyes, rows])

  const groups = useMemo(() => (group ? (row: number) => groupName(rows.value(group, row)) : null), [rows, group])

  const groupLooks = useMemo(() => {
    if (!groups) return null
    const names = [...new Set(eyes.ids.map((id) => groups(rows.rowOf(id))))].sort((a, b) => a.localeCompare(b, "en", { numeric: true }))
    // Few groups have hues of their own, in their order: a hash would give two of them the same.
    return assign(names.map((name) => GROUP + name), Object.fromEntries(names.map((name, at) => [GROUP + name, String(at % 12)])))
  }, [rows, groups, eyes])
  // An eye that closes leaves these as they are, so the list and the charts have one line to repaint.
  const runLooks = useMemo(() => {
    const chosen = Object.fromEntries(fetched.map((id) => [id, colours[shortId(id)]]).filter(([, colour]) => colour !== undefined)) as Record<string, string>
    return assign(memory.inOrder(fetched), chosen)
  }, [memory, fetched, colours])
  const looks = groupLooks ?? runLooks

  return useMemo(() => {
    const row = baseline ? rows.rowOf(baseline) : -1
    return { ws, experiment, rows, ...list, ...eyes, fetched, looks, groupOf: groups, baseline: row >= 0 ? (rows.ids[row] ?? null) : null }
  }, [ws, experiment, rows, list, eyes, fetched, looks, groups, baseline])
}

const Context = createContext<Scene | null>(null)
export const SceneProvider = Context.Provider

export function useSceneNow(): Scene {
  const scene = useContext(Context)
  if (!scene) throw new Error("a panel stands outside of a workspace")
  return scene
}
