import { expect, test } from "vitest"
import { systemGroups } from "./system"

test("devices of one measure share a chart, in the order of their numbers", () => {
  const [group] = systemGroups(["system/gpu10/load", "system/gpu2/load", "system/gpu2/power_w", "loss"])
  expect(group?.name).toBe("GPU")
  expect(group?.charts.map((chart) => [chart.title, chart.unit, chart.metrics])).toEqual([
    ["Load", "%", ["system/gpu2/load", "system/gpu10/load"]],
    ["Power", "W", ["system/gpu2/power_w"]],
  ])
  expect(group?.charts[0]?.names["system/gpu10/load"]).toBe("GPU 10")
})

test("both directions of a flow share a chart, and unknown keys are kept", () => {
  const groups = systemGroups(["system/disk_read_mb_s", "system/disk_write_mb_s", "system/cpu", "system/strange"])
  expect(groups.map((group) => group.name)).toEqual(["CPU", "Disk", "Other"])
  expect(groups[1]?.charts[0]?.metrics).toHaveLength(2)
})
