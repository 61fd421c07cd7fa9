import { useQueryClient } from "@tanstack/react-query"
import { Outlet, useParams } from "@tanstack/react-router"
import { useEffect, useState } from "react"
import { follow } from "~/api/events"
import { useKeys } from "~/ui/keys"
import { useGo } from "~/link"
import { paths } from "~/paths"
import { usePreferences } from "~/ui/preferences"
import { HelpDialog } from "./HelpDialog"
import { Nav, NavDrawer } from "./Nav"
import { Palette } from "./Palette"
import { TopBar } from "./TopBar"

/** The shell around every page of a workspace. */
export function Frame() {
  const { ws } = useParams({ from: "/w/$ws" })
  const queries = useQueryClient()
  const go = useGo()
  const [palette, setPalette] = useState(false)
  const [help, setHelp] = useState(false)
  const [drawer, setDrawer] = useState(false)
  const { navCollapsed, setNavCollapsed, dark, setTheme } = usePreferences()

  useEffect(() => follow(ws, queries), [ws, queries])
  useKeys([
    { keys: "mod+k", label: "Command palette", group: "Everywhere", always: true, run: () => setPalette(true) },
    { keys: "?", label: "Keyboard help", group: "Everywhere", run: () => setHelp(true) },
    { keys: "g h", label: "Go home", group: "Everywhere", run: () => go(paths.home(ws)) },
    { keys: "g e", label: "Go to experiments", group: "Everywhere", run: () => go(paths.experiments(ws)) },
    { keys: "g s", label: "Go to settings", group: "Everywhere", run: () => go(paths.settings(ws)) },
    { keys: "shift+t", label: "Light or dark", group: "Everywhere", run: () => setTheme(dark ? "light" : "dark") },
    { keys: "mod+\\", label: "Fold the navigation", group: "Everywhere", run: () => setNavCollapsed(!navCollapsed) },
  ])

  return (
    <div className="flex h-full">
      <a href="#main" className="sr-only focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50 focus:rounded-control focus:bg-raised focus:px-3 focus:py-1 focus:shadow-float">Skip to the page</a>
      <Nav ws={ws} />
      <NavDrawer ws={ws} open={drawer} onClose={() => setDrawer(false)} />
      <div className="flex min-w-0 flex-1 flex-col">
        <TopBar ws={ws} onMenu={() => setDrawer(true)} onPalette={() => setPalette(true)} onHelp={() => setHelp(true)} />
        <main id="main" tabIndex={-1} className="min-h-0 flex-1 overflow-auto outline-none"><Outlet /></main>
      </div>
      <Palette ws={ws} open={palette} onOpenChange={setPalette} onHelp={() => setHelp(true)} />
      <HelpDialog open={help} onOpenChange={setHelp} />
    </div>
  )
}
