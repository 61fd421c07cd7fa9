import { useQuery, useQueryClient } from "@tanstack/react-query"
import { CircleUser, LogOut } from "lucide-react"
import { call } from "~/api/client"
import * as queries from "~/api/queries"
import { useGo } from "~/link"
import { paths } from "~/paths"
import { cn } from "~/ui/cn"
import type { Zone } from "~/ui/format"
import { Menu, MenuChoices, MenuItem, MenuSeparator } from "~/ui/Menu"
import { usePreferences, type Theme } from "~/ui/preferences"

/** Who is here, and how they want to see things. */
export function Account({ ws, narrow }: { ws: string; narrow: boolean }) {
  const me = useQuery(queries.me())
  const server = useQuery(queries.server())
  const client = useQueryClient()
  const go = useGo()
  const { theme, setTheme, zone, setZone } = usePreferences()
  const name = me.data?.name ?? ""
  const role = me.data?.server_admin ? "administrator" : (me.data?.roles[ws] ?? "")
  const leave = async () => {
    await call("access_logout", {})
    client.clear()
    go(paths.login())
  }
  return (
    <Menu
      side="top"
      trigger={
        <button type="button" aria-label={narrow ? "Account and appearance" : undefined} className={cn("flex h-9 w-full cursor-default items-center gap-2.5 rounded-control hover:bg-hover", narrow ? "justify-center" : "px-2")}>
          <CircleUser size={16} className="shrink-0 text-text-2" />
          {narrow ? null : (
            <span className="flex min-w-0 flex-col text-left leading-4">
              <span className="truncate">{name || " "}</span>
              <span className="truncate text-dense text-text-3">{role}</span>
              <span className="sr-only">Account and appearance</span>
            </span>
          )}
        </button>
      }
    >
      <MenuChoices<Theme> label="Theme" value={theme} onChange={setTheme} options={[{ value: "system", label: "As the system" }, { value: "light", label: "Light" }, { value: "dark", label: "Dark" }]} />
      <MenuSeparator />
      <MenuChoices<Zone> label="Times" value={zone} onChange={setZone} options={[{ value: "local", label: `Local (${Intl.DateTimeFormat().resolvedOptions().timeZone})` }, { value: "utc", label: "UTC" }]} />
      {server.data?.login ? (
        <>
          <MenuSeparator />
          <MenuItem icon={<LogOut size={14} />} onSelect={() => void leave()}>Log out</MenuItem>
        </>
      ) : null}
    </Menu>
  )
}
