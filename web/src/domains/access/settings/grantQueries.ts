// What the sections about groups and grants read.
import { queryOptions } from "@tanstack/react-query"
import { call } from "~/api/client"

export const groups = (ws: string) =>
  queryOptions({ queryKey: ["groups", ws], queryFn: ({ signal }) => call("access_list_groups", {}, undefined, { ws, signal }) })

export const grants = (ws: string) =>
  queryOptions({ queryKey: ["grants", ws], queryFn: ({ signal }) => call("access_list_grants", {}, undefined, { ws, signal }) })
