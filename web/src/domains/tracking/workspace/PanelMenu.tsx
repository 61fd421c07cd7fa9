import { CircleHelp, Code, FileCode, Link2, MoreVertical, Pin, PinOff, RefreshCw, Settings2, SlidersHorizontal, SplitSquareHorizontal } from "lucide-react"
import { useState, type RefObject } from "react"
import { ChartMenuItems } from "~/charts/ChartMenu"
import type { ChartHandle } from "~/charts/export"
import { copyText } from "~/ui/clipboard"
import { Menu, MenuItem, MenuSeparator } from "~/ui/Menu"
import { toast } from "~/ui/toast"
import { curlOf, linkOf, sdkOf } from "./copies"
import type { Loaded } from "./loader"
import { MissingDialog } from "./MissingDialog"
import { SettingsDialog } from "./PanelSettings"
import { useSceneNow } from "./scene"
import { change, useView, useWorkspace } from "./store"
import { useLoader } from "./usePanel"

export function PanelMenu({ metric, chart, loaded }: { metric: string; chart: RefObject<ChartHandle | null>; loaded: Loaded }) {
  const scene = useSceneNow()
  const loader = useLoader()
  const [open, setOpen] = useState<"missing" | "settings" | null>(null)
  const pinned = useView((view) => view.top.includes(metric))
  const own = useView((view) => view.each[metric] !== undefined)
  const copy = (text: string, what: string) => { void copyText(text).then(() => toast(`${what} copied`)) }
  return (
    <>
      <Menu
        align="end"
        trigger={<button type="button" aria-label={`Menu of ${metric}`} className="inline-flex size-6 cursor-default items-center justify-center rounded-control text-text-2 hover:bg-hover hover:text-text"><MoreVertical size={14} /></button>}
      >
        <MenuItem icon={<Settings2 size={14} />} onSelect={() => setOpen("settings")}>Settings</MenuItem>
        {own ? <MenuItem icon={<SlidersHorizontal size={14} />} onSelect={() => change((view) => { const { [metric]: _, ...each } = view.each; return { each } }, "panel")}>Back to the workspace's settings</MenuItem> : null}
        <MenuItem icon={pinned ? <PinOff size={14} /> : <Pin size={14} />} onSelect={() => change((view) => ({ top: pinned ? view.top.filter((key) => key !== metric) : [...view.top, metric] }), "panel")}>{pinned ? "Unpin from the top" : "Pin to the top"}</MenuItem>
        <MenuItem icon={<SplitSquareHorizontal size={14} />} onSelect={() => change({ full: metric }, "")}>Split into small multiples</MenuItem>
        <MenuItem icon={<CircleHelp size={14} />} onSelect={() => setOpen("missing")}>Why is a run missing here?</MenuItem>
        <MenuItem icon={<RefreshCw size={14} />} onSelect={() => loader.retry(metric)}>Load again</MenuItem>
        <MenuSeparator />
        <MenuItem icon={<Link2 size={14} />} onSelect={() => copy(linkOf(metric), "Link")}>Copy link to this panel</MenuItem>
        <MenuItem icon={<FileCode size={14} />} onSelect={() => copy(sdkOf(scene, metric), "Python")}>Copy as Python</MenuItem>
        <MenuItem icon={<Code size={14} />} onSelect={() => copy(curlOf(scene, useWorkspace.getState().view, metric), "curl command")}>Copy as curl</MenuItem>
        <MenuSeparator />
        <ChartMenuItems chart={chart} onError={(error) => toast(error instanceof Error ? error.message : "The picture could not be made", { bad: true })} />
      </Menu>
      {open === "missing" ? <MissingDialog metric={metric} loaded={loaded} onClose={() => setOpen(null)} /> : null}
      {open === "settings" ? <SettingsDialog metric={metric} onClose={() => setOpen(null)} /> : null}
    </>
  )
}
