// An audit event in words: what was done, and each changed value before and after.
import type { AuditEvent } from "~/api/types_gen"

export interface Change {
  name: string
  old: unknown
  now: unknown
}

const WORDS: Record<string, string> = {
  "run.created": "created the run",
  "run.updated": "changed the run",
  "run.deleted": "deleted the run",
  "run.restored": "restored the run",
  "run.purged": "removed the run for good",
  "run.crashed": "found the run crashed",
  "run.stopped": "asked the run to stop",
  "run.stop_requested": "asked the run to stop",
  "artifact.deleted": "deleted a file",
  "artifact.replaced": "replaced a file",
  "metric.renamed": "renamed a metric",
  "metric.deleted": "deleted a metric",
}

export function actionWords(event: AuditEvent): string {
  const state = pair(event.detail["state"])
  if (event.action === "run.updated" && state) return `set the state to ${String(state.now)}`
  if (event.action === "run.created" && event.detail["forked_from"]) return "forked the run from another"
  return WORDS[event.action] ?? event.action.replace(/[._]/g, " ")
}

function pair(value: unknown): { old: unknown; now: unknown } | null {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null
  const keys = Object.keys(value)
  if (!keys.includes("new") || !keys.every((key) => key === "old" || key === "new")) return null
  const { old, new: now } = value as { old?: unknown; new?: unknown }
  return { old: old ?? null, now }
}

/** What changed, by name; nested values by their dots. */
export function changesOf(detail: Record<string, unknown>, prefix = ""): Change[] {
  const whole = prefix === "" ? pair(detail) : null
  if (whole) return [{ name: "content", ...whole }]
  return Object.entries(detail).flatMap(([key, value]): Change[] => {
    const name = prefix === "" ? key : `${prefix}.${key}`
    const found = pair(value)
    if (found) return [{ name, ...found }]
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return changesOf(value as Record<string, unknown>, name)
    return [{ name, old: undefined, now: value }]
  })
}
