import { expect, it } from "vitest"
import { paths, runPlace } from "./paths"

it("encodes every part of a path, and keeps the folders of an artifact", () => {
  expect(paths.experiment("team a", "1")).toBe("/w/team%20a/experiments/1")
  expect(paths.run("default", "r1")).toBe("/w/default/runs/r1")
  expect(paths.run("default", "r1", "artifacts", "models/a b/$x #1.json")).toBe("/w/default/runs/r1/artifacts/models/a%20b/%24x%20%231.json")
})

it("finds the tab of a run and what is below it", () => {
  expect(runPlace(undefined)).toEqual({ tab: "overview", below: "" })
  expect(runPlace("artifacts/models/a b")).toEqual({ tab: "artifacts", below: "models/a b" })
  expect(runPlace("nothing")).toEqual({ tab: "overview", below: "" })
})
