import { ChevronRight, CircleHelp, Menu as MenuIcon, Search } from "lucide-react"
import { useCrumbs } from "~/page"
import { Link } from "~/link"
import { cn } from "~/ui/cn"
import { IconButton } from "~/ui/IconButton"
import { Kbd } from "~/ui/Kbd"
import { keyText } from "~/ui/keys"
import { ConnectionState } from "./ConnectionState"
import { CopyAs } from "./CopyAs"

export function TopBar({ ws, onMenu, onPalette, onHelp }: { ws: string; onMenu: () => void; onPalette: () => void; onHelp: () => void }) {
  const crumbs = useCrumbs((state) => state.crumbs)
  return (
    <header className="flex h-11 shrink-0 items-center gap-2 border-b bg-bg px-3 md:px-4">
      <span className="md:hidden"><IconButton label="Navigation" onClick={onMenu}><MenuIcon size={16} /></IconButton></span>
      <nav aria-label="Breadcrumbs" className="min-w-0 flex-1">
        <ol className="m-0 flex min-w-0 list-none items-center gap-1 p-0">
          {crumbs.map((crumb, index) => {
            const last = index === crumbs.length - 1
            return (
              <li key={index} className={cn("items-center gap-1", last ? "flex min-w-0 flex-1" : "hidden max-w-[40%] shrink-0 sm:flex")}>
                {crumb.to && !last ? (
                  <Link to={crumb.to} className="truncate rounded-control px-1 text-text-2 hover:bg-hover hover:text-text">{crumb.label}</Link>
                ) : (
                  <span aria-current={last ? "page" : undefined} title={crumb.label} className="truncate px-1 font-medium">{crumb.label}</span>
                )}
                {last ? null : <ChevronRight size={13} className="shrink-0 text-text-3" aria-hidden />}
              </li>
            )
          })}
        </ol>
      </nav>
      <ConnectionState />
      <button type="button" onClick={onPalette} className="hidden h-7 w-44 cursor-default items-center gap-2 rounded-control border bg-surface px-2 text-text-3 hover:border-border-strong lg:inline-flex">
        <Search size={14} /><span className="flex-1 text-left">Search</span><Kbd>{keyText("mod+k")}</Kbd>
      </button>
      <span className="lg:hidden"><IconButton label="Search and commands" onClick={onPalette}><Search size={16} /></IconButton></span>
      <CopyAs ws={ws} />
      <span className="hidden md:inline"><IconButton label="Keyboard help" keys="?" onClick={onHelp}><CircleHelp size={16} /></IconButton></span>
    </header>
  )
}
