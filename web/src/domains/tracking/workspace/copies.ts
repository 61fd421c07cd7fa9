// A panel, or the list, as a link, as Python, as curl.
import { curl, pyClient, pyText } from "~/copyable"
import { stringifySearch } from "~/search"
import { effective } from "./options"
import type { Scene } from "./scene"
import { writeView, type View } from "./state"
import { useWorkspace } from "./store"

export function addressOf(view: View): string {
  return location.pathname + stringifySearch(writeView(view))
}

export function linkOf(metric: string): string {
  return location.origin + addressOf({ ...useWorkspace.getState().view, full: metric })
}

export function sdkOf(scene: Scene, metric: string): string {
  const ids = scene.ids.slice(0, 200).map(pyText).join(", ")
  const more = scene.ids.length > 200 ? `  # and ${scene.ids.length - 200} more` : ""
  return `${pyClient(scene.ws)}\nseries = {run: client.series.history(run, ${pyText(metric)}) for run in [${ids}]}${more}`
}

export function curlOf(scene: Scene, view: View, metric: string): string {
  const options = effective(view, view.each[metric])
  const body = {
    runs: scene.ids, metrics: [metric], x: options.x, ...(view.range && options.x === view.x ? { range: view.range } : {}), buckets: 1000,
    ...(view.group ? { group_by: view.group, band: view.band } : {}),
  }
  return curl("/api/v1/series:query", { ws: scene.ws, method: "POST", body })
}

/** The list of runs as it is filtered and ordered. */
export function listCopies(ws: string, experiment: string, view: View): { sdk: string; curl: string } {
  const order = view.sort.length > 0 ? `, order_by=[${view.sort.map(pyText).join(", ")}]` : ""
  return {
    sdk: `${pyClient(ws)}\nruns = list(client.runs.search(${pyText(view.q)}, experiments=[${pyText(experiment)}]${order}))`,
    curl: curl("/api/v1/runs:search", { ws, method: "POST", body: { experiments: [experiment], filter: view.q, order_by: [...view.sort] } }),
  }
}
