// Settings of one panel. What is not set is the workspace's, and says so.
import { useMemo, useState, type ReactNode } from "react"
import { Button } from "~/ui/Button"
import { Dialog } from "~/ui/Dialog"
import { Input } from "~/ui/Input"
import { Select } from "~/ui/Select"
import { Slider } from "./Slider"
import { xLabel, withOption } from "./options"
import type { PanelOptions } from "./state"
import { change, useView } from "./store"
import { usePanelOptions } from "./usePanel"
import { useMetricKeys } from "./metricKeys"

export function SettingsDialog({ metric, onClose }: { metric: string; onClose: () => void }) {
  return (
    <Dialog open onOpenChange={(open) => { if (!open) onClose() }} title="Settings of the panel" description={metric} actions={<Button kind="primary" onClick={onClose}>Done</Button>}>
      <PanelSettings metric={metric} />
    </Dialog>
  )
}

const set = (metric: string, patch: Partial<PanelOptions>) => change((view) => withOption(view, metric, patch), "~panel")

export function PanelSettings({ metric }: { metric: string }) {
  const own = useView((view) => view.each[metric])
  const all = usePanelOptions(metric)
  const x = useView((view) => view.x)
  const keys = useMetricKeys()
  const axes = useMemo(() => {
    const list = ["step", "relative", "time", ...keys.slice(0, 200).map((key) => `metric:${key}`)]
    return (list.includes(all.x) ? list : [...list, all.x]).map((value) => ({ value, label: xLabel(value) }))
  }, [keys, all.x])
  return (
    <div className="flex flex-col gap-3">
      <Line label="X axis" own={own?.x !== undefined} onReset={() => set(metric, { x: undefined })}>
        <Select label="X axis" value={all.x} onChange={(value) => set(metric, { x: value === x && own?.x === undefined ? undefined : value })} options={axes} className="w-44" />
      </Line>
      <Line label="Smoothing" own={own?.smooth !== undefined} onReset={() => set(metric, { smooth: undefined })}>
        <Slider label="Smoothing" value={all.smooth} onChange={(smooth) => set(metric, { smooth })} />
      </Line>
      <Flag metric={metric} name="logY" label="Log y" />
      <Flag metric={metric} name="logX" label="Log x" />
      <Flag metric={metric} name="clip" label="Leave outliers out of the scale" />
      <Line label="Y from, to" own={own?.min !== undefined || own?.max !== undefined} onReset={() => set(metric, { min: undefined, max: undefined })}>
        <Bound label="Lowest y" value={own?.min} onChange={(min) => set(metric, { min })} />
        <Bound label="Highest y" value={own?.max} onChange={(max) => set(metric, { max })} />
      </Line>
      <Line label="Band" own={own?.band !== undefined} onReset={() => set(metric, { band: undefined })}>
        <Select
          label="Band" value={all.band ?? "none"} onChange={(value) => set(metric, { band: value === "none" ? undefined : value })} className="w-44"
          options={[{ value: "none", label: "As usual" }, { value: "minmax", label: "Least to greatest" }, { value: "std", label: "± standard deviation" }, { value: "ci95", label: "95 % confidence" }]}
        />
      </Line>
    </div>
  )
}

function Line({ label, own, onReset, children }: { label: string; own: boolean; onReset: () => void; children: ReactNode }) {
  return (
    <div className="flex min-h-7 items-center gap-2">
      <span className="w-32 shrink-0 text-text-2">{label}</span>
      <span className="flex min-w-0 flex-1 items-center gap-1.5">{children}</span>
      {own ? <Button small kind="quiet" onClick={onReset}>Reset</Button> : <span className="text-[11px] text-text-3">workspace</span>}
    </div>
  )
}

function Flag({ metric, name, label }: { metric: string; name: "logX" | "logY" | "clip"; label: string }) {
  const own = useView((view) => view.each[metric]?.[name])
  const all = usePanelOptions(metric)
  return (
    <Line label={label} own={own !== undefined} onReset={() => set(metric, { [name]: undefined })}>
      <input type="checkbox" aria-label={label} checked={all[name]} onChange={(event) => set(metric, { [name]: event.target.checked })} className="size-4 accent-accent" />
    </Line>
  )
}

function Bound({ label, value, onChange }: { label: string; value: number | undefined; onChange: (value: number | undefined) => void }) {
  const [text, setText] = useState(value === undefined ? "" : String(value))
  const number = Number(text)
  return <Input aria-label={label} placeholder="auto" value={text} aria-invalid={text.trim() !== "" && !Number.isFinite(number)} onChange={(event) => { setText(event.target.value); const next = Number(event.target.value); onChange(event.target.value.trim() === "" || !Number.isFinite(next) ? undefined : next) }} className="w-20 font-mono text-dense" />
}
