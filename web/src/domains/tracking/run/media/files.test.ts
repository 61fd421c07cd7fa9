import { expect, test } from "vitest"
import { byStep, stepAt } from "./files"

const file = (path: string) => ({ path, is_dir: false, size: 1, digest: "", media_type: "", created_ms: 0 })

test("files are grouped by step, in the order they were logged; a later log of a step wins", () => {
  const steps = byStep([file("media/a/10-5-1.png"), file("media/a/10-5-0.png"), file("media/a/2-1-0.png"), file("media/a/2-9-0.png"), file("media/a/note.txt"), file("media/a/-1-0-0.json")])
  expect([...steps.keys()]).toEqual([-1, 2, 10])
  expect(steps.get(10)?.map((item) => item.index)).toEqual([0, 1])
  expect(steps.get(2)?.map((item) => item.time)).toEqual([9])
})

test("the step shown is the last one not after the wanted one", () => {
  expect(stepAt([0, 10, 20], 15)).toBe(10)
  expect(stepAt([5, 10], 1)).toBe(5)
  expect(stepAt([5, 10], undefined)).toBe(10)
  expect(stepAt([], 1)).toBeUndefined()
})
