// What the person on the page may do to this run, as the reason why not.
import { useQuery } from "@tanstack/react-query"
import * as queries from "~/api/queries"
import type { Run } from "~/api/types_gen"

const RANK = { none: -1, viewer: 0, auditor: 0, contributor: 1, approver: 2, admin: 3 }

/** Why something that needs a role cannot be done here; undefined when it can (or when that is not known yet). */
export function useWhyNot(ws: string, role: "contributor" | "admin"): string | undefined {
  const { data } = useQuery(queries.me())
  if (!data || data.server_admin) return undefined
  const has = data.roles[ws]
  if (has !== undefined && RANK[has] >= RANK[role]) return undefined
  return role === "admin" ? `Needs the role admin in the workspace ${ws}` : `Needs the role contributor in the workspace ${ws}`
}

/** The same for changes of a run: a deleted one must be restored first. */
export function useWhyFixed(ws: string, run: Run): string | undefined {
  const role = useWhyNot(ws, "contributor")
  return role ?? (run.lifecycle === "deleted" ? "The run is deleted; restore it first" : undefined)
}
