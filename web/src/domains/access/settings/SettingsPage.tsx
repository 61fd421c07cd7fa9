import { useParams } from "@tanstack/react-router"
import { KeyRound, Server, Users } from "lucide-react"
import { Link } from "~/link"
import { usePage } from "~/page"
import { paths, type SettingsTab } from "~/paths"
import { Tabs, tabClass } from "~/ui/Tabs"
import { ServerTab } from "./ServerTab"
import { TokensTab } from "./TokensTab"
import { UsersTab } from "./UsersTab"

const TABS = [
  { tab: "users", label: "Users", Icon: Users },
  { tab: "tokens", label: "API tokens", Icon: KeyRound },
  { tab: "server", label: "Server", Icon: Server },
] as const

export function SettingsPage() {
  const params = useParams({ from: "/w/$ws/settings/$tab" })
  const ws = params.ws
  const tab = params.tab as SettingsTab
  usePage([{ label: "Settings", to: paths.settings(ws) }, { label: TABS.find((item) => item.tab === tab)?.label ?? "" }])
  return (
    <div className="flex min-h-full flex-col">
      <div className="border-b px-2 md:px-3">
        <Tabs label="Settings">
          {TABS.map(({ tab: name, label, Icon }) => (
            <Link key={name} to={paths.settings(ws, name)} className={tabClass(tab === name)} {...(tab === name ? { "aria-current": "page" as const } : {})}><Icon size={14} aria-hidden />{label}</Link>
          ))}
        </Tabs>
      </div>
      {tab === "users" ? <UsersTab ws={ws} /> : tab === "tokens" ? <TokensTab ws={ws} /> : <ServerTab ws={ws} />}
    </div>
  )
}
