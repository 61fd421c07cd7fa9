// What the machine did while the run ran: CPU, memory, disk, network, and a line for each GPU.
import { useSearch } from "@tanstack/react-router"
import { ZoomOut } from "lucide-react"
import { useCallback, useMemo, useState } from "react"
import type { RunPlaceSearch } from "~/domains/tracking/search"
import { useSetSearch } from "~/link"
import { Button } from "~/ui/Button"
import { EmptyState } from "~/ui/EmptyState"
import { bytes } from "~/ui/format"
import { Segmented } from "~/ui/Tabs"
import type { TabProps } from "../RunPage"
import { Section } from "./RunCharts"
import { RunPanel } from "./RunPanel"
import { systemGroups } from "./system"

export function SystemCharts({ ws, run }: TabProps) {
  const search = useSearch({ strict: false }) as RunPlaceSearch
  const set = useSetSearch<RunPlaceSearch>()
  const [range, setRange] = useState<[number, number] | null>(null)
  const onRange = useCallback((next: [number, number] | null) => setRange(next), [])
  const names = Object.keys(run.metrics).filter((key) => key.startsWith("system/")).join("\n")
  const groups = useMemo(() => systemGroups(names === "" ? [] : names.split("\n")), [names])
  const x = search.x === "time" ? "time" : "relative"
  const origin = run.origin
  if (groups.length === 0) {
    return <EmptyState title="No system metrics" command="pip install 'modelwright[system]'">{run.state === "running" ? "The first sample comes a second after the start, then one every 10 s." : "With psutil installed, runs sample CPU, memory, disk, network and GPUs."}</EmptyState>
  }
  return (
    <div className="flex flex-col">
      <div className="sticky top-0 z-20 flex flex-wrap items-center gap-3 border-b bg-bg px-3 py-1.5 sm:px-4">
        <span className="min-w-0 truncate text-dense text-text-2">{[origin?.host, origin?.cpu_count ? `${origin.cpu_count} cores` : "", origin?.memory_bytes ? bytes(origin.memory_bytes) : "", ...(origin?.gpus ?? []).slice(0, 1)].filter(Boolean).join(" · ")}</span>
        <div className="ml-auto flex items-center gap-3">
          {range ? <Button small icon={<ZoomOut size={14} />} onClick={() => setRange(null)}>Whole range</Button> : null}
          <Segmented label="X axis" value={x} onChange={(next) => { setRange(null); set({ x: next === "time" ? "time" : undefined }) }} options={[{ value: "relative", label: "Relative time" }, { value: "time", label: "Wall time" }]} />
        </div>
      </div>
      {groups.map((group) => (
        <Section key={group.name} name={group.name} size={group.charts.length}>
          {() => group.charts.map((chart) => (
            <RunPanel key={`${chart.title} ${x}`} ws={ws} run={run.id} title={chart.unit ? `${chart.title}, ${chart.unit}` : chart.title} metrics={chart.metrics} names={chart.names} x={x} smooth={0} logY={false} range={range} onRange={onRange} />
          ))}
        </Section>
      ))}
    </div>
  )
}
