import { expect, test } from "vitest"
import type { AuditEvent } from "~/api/types_gen"
import { actionWords, changesOf } from "./words"

test("old and new values are found at any depth", () => {
  expect(changesOf({ name: { old: "a", new: "b" }, params: { lr: { old: null, new: 1 } }, step: 3 })).toEqual([
    { name: "name", old: "a", now: "b" },
    { name: "params.lr", old: null, now: 1 },
    { name: "step", old: undefined, now: 3 },
  ])
})

test("actions are told in words, unknown ones by their name", () => {
  const event = (action: string, detail = {}): AuditEvent => ({ action, detail }) as unknown as AuditEvent
  expect(actionWords(event("run.updated", { state: { old: "running", new: "failed" } }))).toBe("set the state to failed")
  expect(actionWords(event("run.deleted"))).toBe("deleted the run")
  expect(actionWords(event("new.kind_of"))).toBe("new kind of")
})
