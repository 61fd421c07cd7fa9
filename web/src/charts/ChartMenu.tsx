import { Copy, Download, FileImage, Sheet } from "lucide-react"
import type { ReactNode, RefObject } from "react"
import { type ChartHandle, copyPicture, save } from "~/charts/export"
import { IconButton } from "~/ui/IconButton"
import { Menu, MenuItem, MenuSeparator } from "~/ui/Menu"

interface Props {
  chart: RefObject<ChartHandle | null>
  /** More `MenuItem`s of the room: copy link, copy SDK line, full screen. */
  children?: ReactNode
  /** Told what failed, e.g. for a toast. */
  onError?: (error: unknown) => void
}

/** The menu of a panel: a chart as SVG, PNG or CSV, and what the room adds. */
export function ChartMenu({ chart, children, onError }: Props) {
  return (
    <Menu trigger={<IconButton label="Export chart" small><Download size={14} /></IconButton>} align="end">
      <ChartMenuItems chart={chart} onError={onError} />
      {children ? <MenuSeparator /> : null}
      {children}
    </Menu>
  )
}

/** The same entries for a menu that a room builds itself. */
export function ChartMenuItems({ chart, onError }: Omit<Props, "children">) {
  const attempt = (work: (handle: ChartHandle) => Promise<void>) => () => {
    if (chart.current) work(chart.current).catch((error: unknown) => onError?.(error))
  }
  return (
    <>
      <MenuItem icon={<Download size={14} />} onSelect={attempt((handle) => save(handle, "svg"))}>Save as SVG</MenuItem>
      <MenuItem icon={<FileImage size={14} />} onSelect={attempt((handle) => save(handle, "png"))}>Save as PNG</MenuItem>
      <MenuItem icon={<Sheet size={14} />} onSelect={attempt((handle) => save(handle, "csv"))}>Save data as CSV</MenuItem>
      <MenuItem icon={<Copy size={14} />} onSelect={attempt(copyPicture)}>Copy picture</MenuItem>
    </>
  )
}
