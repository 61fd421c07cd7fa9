import { Dialog } from "@base-ui/react/dialog"
import { useQuery } from "@tanstack/react-query"
import { useLocation } from "@tanstack/react-router"
import { Boxes, Check, ChevronsUpDown, FlaskConical, House, PanelLeft, Settings } from "lucide-react"
import type { ComponentType } from "react"
import * as queries from "~/api/queries"
import { Link, useGo } from "~/link"
import { paths } from "~/paths"
import { cn } from "~/ui/cn"
import { IconButton } from "~/ui/IconButton"
import { Menu, MenuItem } from "~/ui/Menu"
import { usePreferences } from "~/ui/preferences"
import { Account } from "./Account"
import { Mark } from "./Mark"

interface Room { label: string; to: string; Icon: ComponentType<{ size?: number; className?: string }>; here: boolean }

function useRooms(ws: string): Room[] {
  const path = useLocation({ select: (location) => location.pathname })
  const home = paths.home(ws)
  return [
    { label: "Home", to: home, Icon: House, here: path === home || path === `${home}/` },
    { label: "Experiments", to: paths.experiments(ws), Icon: FlaskConical, here: path.startsWith(`${home}/experiments`) || path.startsWith(`${home}/runs`) },
    { label: "Settings", to: paths.settings(ws), Icon: Settings, here: path.startsWith(`${home}/settings`) },
  ]
}

/** Navigation at the side; icons alone when folded, a drawer on a phone. */
export function Nav({ ws }: { ws: string }) {
  const { navCollapsed: narrow, setNavCollapsed } = usePreferences()
  return (
    <aside className={cn("hidden shrink-0 flex-col border-r bg-bg md:flex", narrow ? "w-12" : "w-48")}>
      <NavBody ws={ws} narrow={narrow} />
      <div className={cn("flex p-2", !narrow && "justify-end")}>
        <IconButton label={narrow ? "Unfold the navigation" : "Fold the navigation"} onClick={() => setNavCollapsed(!narrow)}><PanelLeft size={16} /></IconButton>
      </div>
    </aside>
  )
}

export function NavDrawer({ ws, open, onClose }: { ws: string; open: boolean; onClose: () => void }) {
  return (
    <Dialog.Root open={open} onOpenChange={(next) => { if (!next) onClose() }}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-text/25 md:hidden dark:bg-bg/60" />
        <Dialog.Popup aria-label="Navigation" className="fixed inset-y-0 left-0 z-40 flex w-64 flex-col border-r bg-bg outline-none md:hidden" onClick={(event) => { if ((event.target as HTMLElement).closest("a")) onClose() }}>
          <NavBody ws={ws} narrow={false} />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

function NavBody({ ws, narrow }: { ws: string; narrow: boolean }) {
  const rooms = useRooms(ws)
  return (
    <>
      <div className={cn("flex h-11 shrink-0 items-center gap-2 border-b", narrow ? "justify-center" : "px-3")}>
        <Link to={paths.home(ws)} aria-label="Modelwright, home" className="flex items-center gap-2 font-semibold tracking-tight"><Mark />{narrow ? null : "Modelwright"}</Link>
      </div>
      <nav aria-label="Rooms" className="flex flex-1 flex-col gap-px overflow-auto p-2">
        <WorkspaceMenu ws={ws} narrow={narrow} />
        {rooms.map(({ label, to, Icon, here }) => (
          <Link
            key={label}
            to={to}
            aria-label={label}
            title={narrow ? label : undefined}
            {...(here ? { "aria-current": "page" as const } : {})}
            className={cn("flex h-8 items-center gap-2.5 rounded-control font-medium", narrow ? "justify-center" : "px-2", here ? "bg-hover text-text" : "text-text-2 hover:bg-hover hover:text-text")}
          >
            <Icon size={16} className={cn("shrink-0", here && "text-accent")} />
            {narrow ? null : label}
          </Link>
        ))}
      </nav>
      <div className="border-t p-2"><Account ws={ws} narrow={narrow} /></div>
    </>
  )
}

function WorkspaceMenu({ ws, narrow }: { ws: string; narrow: boolean }) {
  const go = useGo()
  const found = useQuery(queries.workspaces())
  const names = (found.data?.items ?? []).map((item) => item.id)
  if (!names.includes(ws)) names.unshift(ws)
  return (
    <Menu
      trigger={
        <button type="button" aria-label={`Workspace ${ws}`} className={cn("mb-2 flex h-8 cursor-default items-center gap-2 rounded-control border hover:bg-hover", narrow ? "justify-center" : "px-2")}>
          <Boxes size={15} className="shrink-0 text-text-3" />
          {narrow ? null : <><span className="min-w-0 flex-1 truncate text-left">{ws}</span><ChevronsUpDown size={13} className="text-text-3" /></>}
        </button>
      }
    >
      <div className="px-2 pt-1 pb-1 text-dense text-text-3">Workspace</div>
      {names.map((name) => (
        <MenuItem key={name} icon={name === ws ? <Check size={14} /> : null} onSelect={() => go(paths.home(name))}>{name}</MenuItem>
      ))}
    </Menu>
  )
}
