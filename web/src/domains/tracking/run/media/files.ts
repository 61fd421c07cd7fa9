// Where the SDK puts media: `media/<key>/<step>-<time in ms>-<index>.<type>`. Files to keys, steps and items.
import { queryOptions } from "@tanstack/react-query"
import { call } from "~/api/client"
import { isKind } from "~/api/errors"
import type { Artifact } from "~/api/types_gen"

export interface Item {
  file: Artifact
  step: number
  time: number
  index: number
  type: string
}

const NAME = /^(-?\d{1,19})-(\d{1,16})-(\d{1,9})\.(\w{1,10})$/
const MOST_FOLDERS = 400

/** Items of a folder by step; the steps in order. At one step the latest time wins. */
export function byStep(files: readonly Artifact[]): Map<number, Item[]> {
  const items: Item[] = []
  for (const file of files) {
    const match = file.is_dir ? null : NAME.exec(file.path.split("/").at(-1) ?? "")
    if (match) items.push({ file, step: Number(match[1]), time: Number(match[2]), index: Number(match[3]), type: (match[4] ?? "").toLowerCase() })
  }
  items.sort((one, two) => one.step - two.step || one.time - two.time || one.index - two.index)
  const steps = new Map<number, Item[]>()
  for (const item of items) {
    const known = steps.get(item.step)
    if (known?.[0]?.time === item.time) known.push(item)
    else steps.set(item.step, [item])
  }
  return steps
}

/** The step to show: the last one at or before the wanted one, else the first. */
export function stepAt(steps: readonly number[], wanted: number | undefined): number | undefined {
  if (wanted === undefined) return steps.at(-1)
  return steps.findLast((step) => step <= wanted) ?? steps[0]
}

/** Keys of all media of a run: those that have a series, and folders that have none. */
export const mediaKeys = (ws: string, run: string, known: string[]) =>
  queryOptions({
    queryKey: [ws, "artifacts", run, "media keys", known.length],
    staleTime: 10_000,
    queryFn: async ({ signal }): Promise<string[]> => {
      const keys = new Set(known)
      const waiting = ["media"]
      const below = (folder: string) => known.some((key) => `media/${key}` === folder || `media/${key}`.startsWith(`${folder}/`))
      let asked = 0
      while (waiting.length > 0 && asked++ < MOST_FOLDERS) {
        const folder = waiting.shift() ?? ""
        let items: Artifact[]
        try {
          items = (await call("artifacts_list_of_run", { run_id: run, path: folder }, undefined, { ws, signal })).items
        } catch (error) {
          if (isKind(error, "not_found")) continue
          throw error
        }
        if (byStep(items).size > 0) keys.add(folder.slice("media/".length))
        for (const item of items) if (item.is_dir && !below(item.path)) waiting.push(item.path)
      }
      return [...keys].sort((one, two) => one.localeCompare(two, "en", { numeric: true }))
    },
  })
