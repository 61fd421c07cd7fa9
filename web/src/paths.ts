// Every link of the UI. Parts are encoded, `/` inside artifact paths is kept.

const part = (value: string) => encodeURIComponent(value)
const rest = (value: string) => value.split("/").filter(Boolean).map(encodeURIComponent).join("/")

export const RUN_TABS = ["overview", "charts", "system", "logs", "artifacts", "media", "code", "children", "activity"] as const
export type RunTab = (typeof RUN_TABS)[number]

export const SETTINGS_TABS = ["users", "tokens", "server"] as const
export type SettingsTab = (typeof SETTINGS_TABS)[number]

export const paths = {
  root: () => "/",
  login: () => "/login",
  home: (ws: string) => `/w/${part(ws)}`,
  experiments: (ws: string) => `/w/${part(ws)}/experiments`,
  experiment: (ws: string, id: string) => `/w/${part(ws)}/experiments/${part(id)}`,
  table: (ws: string, id: string) => `/w/${part(ws)}/experiments/${part(id)}/table`,
  compare: (ws: string, id: string) => `/w/${part(ws)}/experiments/${part(id)}/compare`,
  explore: (ws: string, id: string) => `/w/${part(ws)}/experiments/${part(id)}/explore`,
  run: (ws: string, run: string, tab: RunTab = "overview", below = "") =>
    `/w/${part(ws)}/runs/${part(run)}${tab === "overview" ? "" : `/${tab}`}${below ? `/${rest(below)}` : ""}`,
  settings: (ws: string, tab: SettingsTab = "users") => `/w/${part(ws)}/settings/${tab}`,
}

/** What a run's page shows: the tab, and what is below it (the path of an artifact). */
export function runPlace(splat: string | undefined): { tab: RunTab; below: string } {
  const [first = "", ...below] = (splat ?? "").split("/")
  const tab = RUN_TABS.find((name) => name === first) ?? "overview"
  return { tab, below: below.join("/") }
}
