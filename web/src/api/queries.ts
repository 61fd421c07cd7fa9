// What pages read, as TanStack Query options. Keys begin with the workspace, so that events find them (see events.ts).
import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query"
import { call, type Body, type Params } from "./client"
import type { RunSearch, SeriesKeys } from "./types_gen"

const live = { staleTime: 30_000 }

export const me = () => queryOptions({ queryKey: ["me"], queryFn: ({ signal }) => call("access_me", {}, undefined, { signal }), staleTime: 300_000 })

export const server = () =>
  queryOptions({ queryKey: ["server"], queryFn: ({ signal }) => call("server_about", {}, undefined, { signal, ws: "default" }), refetchInterval: 30_000 })

export const workspaces = () =>
  queryOptions({ queryKey: ["workspaces"], queryFn: ({ signal }) => call("access_list_workspaces", {}, undefined, { signal }), staleTime: 60_000 })

export const users = () =>
  queryOptions({ queryKey: ["users"], queryFn: ({ signal }) => call("access_list_users", {}, undefined, { signal }) })

export const tokens = () =>
  queryOptions({ queryKey: ["tokens"], queryFn: ({ signal }) => call("access_list_tokens", {}, undefined, { signal }) })

export const experiments = (ws: string, params: Params<"experiments_listed"> = {}) =>
  queryOptions({
    queryKey: [ws, "experiments", params],
    queryFn: ({ signal }) => call("experiments_listed", params, undefined, { ws, signal }),
    placeholderData: keepPreviousData,
    ...live,
  })

export const experimentsPages = (ws: string, params: Params<"experiments_listed"> = {}) =>
  infiniteQueryOptions({
    queryKey: [ws, "experiments", "pages", params],
    queryFn: ({ signal, pageParam }) => call("experiments_listed", { ...params, page: pageParam }, undefined, { ws, signal }),
    initialPageParam: "",
    getNextPageParam: (last) => last.next_page || undefined,
    placeholderData: keepPreviousData,
    ...live,
  })

export const experiment = (ws: string, id: string) =>
  queryOptions({
    queryKey: [ws, "experiment", id],
    queryFn: ({ signal }) => call("experiments_get", { experiment_id: id }, undefined, { ws, signal }),
    ...live,
  })

/** One page of runs. `onPoints` also refetches it when a run logs points, for lists that show metric values. */
export const runs = (ws: string, search: RunSearch, options: { onPoints?: boolean } = {}) =>
  queryOptions({
    queryKey: [ws, "runs", search],
    queryFn: ({ signal }) => call("runs_find", {}, search, { ws, signal }),
    placeholderData: keepPreviousData,
    meta: { onPoints: options.onPoints === true, experiments: search.experiments },
    ...live,
  })

/** All pages of a search of runs, one after the other as they are asked for. */
export const runsPages = (ws: string, search: RunSearch, options: { onPoints?: boolean } = {}) =>
  infiniteQueryOptions({
    queryKey: [ws, "runs", "pages", search],
    queryFn: ({ signal, pageParam }) => call("runs_find", {}, { ...search, page: pageParam }, { ws, signal }),
    initialPageParam: "",
    getNextPageParam: (last) => last.next_page || undefined,
    placeholderData: keepPreviousData,
    meta: { onPoints: options.onPoints === true, experiments: search.experiments },
    ...live,
  })

export const runsCount = (ws: string, search: RunSearch) =>
  queryOptions({
    queryKey: [ws, "runs", "count", search],
    queryFn: ({ signal }) => call("runs_count", {}, search, { ws, signal }),
    placeholderData: keepPreviousData,
    meta: { experiments: search.experiments },
    ...live,
  })

export const run = (ws: string, id: string) =>
  queryOptions({
    queryKey: [ws, "run", id],
    queryFn: ({ signal }) => call("runs_get", { run_id: id }, undefined, { ws, signal }),
    ...live,
  })

export const children = (ws: string, id: string, deep = false) =>
  queryOptions({
    queryKey: [ws, "children", id, deep],
    queryFn: ({ signal }) => call("runs_children", { run_id: id, deep }, undefined, { ws, signal }),
    ...live,
  })

export const metricsOf = (ws: string, id: string) =>
  queryOptions({
    queryKey: [ws, "metrics", id],
    queryFn: ({ signal }) => call("series_listed", { run_id: id }, undefined, { ws, signal }),
    ...live,
  })

export const metricKeys = (ws: string, body: SeriesKeys) =>
  queryOptions({
    queryKey: [ws, "keys", body],
    queryFn: ({ signal }) => call("series_keys", {}, body, { ws, signal }),
    placeholderData: keepPreviousData,
    ...live,
  })

export const artifacts = (ws: string, id: string, path = "") =>
  queryOptions({
    queryKey: [ws, "artifacts", id, path],
    queryFn: ({ signal }) => call("artifacts_list_of_run", { run_id: id, path }, undefined, { ws, signal }),
    ...live,
  })

export const consoleLines = (ws: string, id: string, params: Omit<Params<"runs_lines">, "run_id">) =>
  queryOptions({
    queryKey: [ws, "console", id, params],
    queryFn: ({ signal }) => call("runs_lines", { run_id: id, ...params }, undefined, { ws, signal }),
    placeholderData: keepPreviousData,
    ...live,
  })

export const audit = (ws: string, search: Body<"audit_search_audit">) =>
  queryOptions({
    queryKey: [ws, "audit", search],
    queryFn: ({ signal }) => call("audit_search_audit", {}, search, { ws, signal }),
    placeholderData: keepPreviousData,
    ...live,
  })

export const models = (ws: string, search: Body<"models_find">) =>
  queryOptions({
    queryKey: [ws, "models", search],
    queryFn: ({ signal }) => call("models_find", {}, search, { ws, signal }),
    ...live,
  })
