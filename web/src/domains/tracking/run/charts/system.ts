// System metrics in groups that belong on one chart: all devices of one measure, both directions of one flow.

export interface SystemChart {
  title: string
  unit: string
  metrics: string[]
  names: Record<string, string>
}

export interface SystemGroup {
  name: string
  charts: SystemChart[]
}

const GROUPS = ["CPU", "Memory", "Disk", "Network", "GPU", "Other"] as const
const DEVICE = /^(gpu|tpu|npu|accelerator)[._-]?(\d+)[/._](.+)$/

/** Groups of the keys that begin with `system/`. */
export function systemGroups(keys: readonly string[]): SystemGroup[] {
  const groups = new Map<string, Map<string, { title: string; unit: string; lines: [string, string][] }>>()
  for (const key of keys) {
    if (!key.startsWith("system/")) continue
    const name = key.slice(7)
    const { group, title, unit, line } = placed(name)
    const charts = groups.get(group) ?? new Map<string, { title: string; unit: string; lines: [string, string][] }>()
    groups.set(group, charts)
    const chart = charts.get(title) ?? { title, unit, lines: [] }
    charts.set(title, chart)
    chart.lines.push([key, line])
  }
  return GROUPS.flatMap((name) => {
    const charts = groups.get(name)
    if (!charts) return []
    return [{ name, charts: [...charts.values()].map(({ title, unit, lines }) => {
      const sorted = lines.sort(([one], [two]) => one.localeCompare(two, "en", { numeric: true }))
      return { title, unit, metrics: sorted.map(([key]) => key), names: Object.fromEntries(sorted) }
    }) }]
  })
}

function placed(name: string): { group: string; title: string; unit: string; line: string } {
  const device = DEVICE.exec(name)
  if (device) {
    const measure = device[3] ?? ""
    return { group: "GPU", title: words(measure), unit: unitOf(measure), line: `${(device[1] ?? "").toUpperCase()} ${device[2]}` }
  }
  const flow = /^(disk|network)_(read|write|in|out)_(.+)$/.exec(name)
  if (flow) return { group: flow[1] === "disk" ? "Disk" : "Network", title: flow[1] === "disk" ? "Disk traffic" : "Network traffic", unit: unitOf(name), line: { read: "read", write: "write", in: "received", out: "sent" }[flow[2] as "read"] }
  if (name === "cpu") return { group: "CPU", title: "CPU load", unit: "%", line: "machine" }
  if (name === "process_cpu") return { group: "CPU", title: "CPU of the process", unit: "% of a core", line: "process" }
  if (name === "process_threads") return { group: "CPU", title: "Threads of the process", unit: "", line: "process" }
  if (name === "memory") return { group: "Memory", title: "Memory in use", unit: "%", line: "machine" }
  if (/memory.*_mb$/.test(name)) return { group: "Memory", title: "Memory", unit: "MB", line: name.startsWith("process") ? "process" : "machine" }
  if (name === "disk") return { group: "Disk", title: "Disk in use", unit: "%", line: "disk" }
  const group = /cpu/.test(name) ? "CPU" : /mem/.test(name) ? "Memory" : /disk|io/.test(name) ? "Disk" : /net/.test(name) ? "Network" : /gpu/.test(name) ? "GPU" : "Other"
  return { group, title: words(name), unit: unitOf(name), line: name }
}

function words(name: string): string {
  const bare = name.replace(/_(mb_s|mb|w|c|percent|percentage)$/, "").replace(/[_./]/g, " ")
  return bare.charAt(0).toUpperCase() + bare.slice(1)
}

function unitOf(name: string): string {
  if (name.endsWith("_mb_s")) return "MB/s"
  if (name.endsWith("_mb")) return "MB"
  if (name.endsWith("_w")) return "W"
  if (name.endsWith("_c")) return "°C"
  if (/^(cpu|memory|load|disk)$|percent/.test(name)) return "%"
  return ""
}
