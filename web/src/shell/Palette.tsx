import { useQuery } from "@tanstack/react-query"
import { Command } from "cmdk"
import { CircleHelp, Clock, FlaskConical, House, Moon, Play, Settings, Sun } from "lucide-react"
import { useDeferredValue, useState, type ReactNode } from "react"
import * as queries from "~/api/queries"
import { useGo } from "~/link"
import { paths } from "~/paths"
import { Kbd } from "~/ui/Kbd"
import { keyText, useShortcuts } from "~/ui/keys"
import { usePreferences } from "~/ui/preferences"
import { Status } from "~/ui/Status"

interface PaletteProps { ws: string; open: boolean; onOpenChange: (open: boolean) => void; onHelp: () => void }

const group = "[&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-dense [&_[cmdk-group-heading]]:text-text-3"

/** ⌘K: go to an experiment or a run by a part of its name, or do something. */
export function Palette({ ws, open, onOpenChange, onHelp }: PaletteProps) {
  const [words, setWords] = useState("")
  const go = useGo()
  const { dark, setTheme, zone, setZone } = usePreferences()
  const page = useShortcuts((state) => state.all).filter((item) => item.group !== "Everywhere")
  const close = () => { onOpenChange(false); setWords("") }
  const pick = (act: () => void) => () => { close(); act() }
  return (
    <Command.Dialog
      open={open}
      onOpenChange={(next) => { if (!next) close() }}
      label="Command palette"
      overlayClassName="fixed inset-0 z-40 bg-text/25 dark:bg-bg/60"
      contentClassName="fixed top-[12vh] left-1/2 z-40 w-[calc(100vw-32px)] max-w-[600px] -translate-x-1/2 overflow-hidden rounded-panel bg-raised shadow-float"
    >
      <Command.Input value={words} onValueChange={setWords} placeholder="Go to an experiment or a run, or do something" className="h-11 w-full border-b bg-transparent px-4 text-[14px] outline-none placeholder:text-text-3" />
      <Command.List className="max-h-[52vh] overflow-auto p-1.5">
        <Command.Empty className="px-3 py-6 text-center text-text-2">Nothing goes by that name.</Command.Empty>
        <Found ws={ws} words={words} pick={pick} />
        <Command.Group heading="Go to" className={group}>
          <Item icon={<House size={14} />} keys="g h" onSelect={pick(() => go(paths.home(ws)))}>Home</Item>
          <Item icon={<FlaskConical size={14} />} keys="g e" onSelect={pick(() => go(paths.experiments(ws)))}>Experiments</Item>
          <Item icon={<Settings size={14} />} keys="g s" onSelect={pick(() => go(paths.settings(ws)))}>Settings: users</Item>
          <Item icon={<Settings size={14} />} onSelect={pick(() => go(paths.settings(ws, "tokens")))}>Settings: API tokens</Item>
          <Item icon={<Settings size={14} />} onSelect={pick(() => go(paths.settings(ws, "server")))}>Settings: server</Item>
        </Command.Group>
        {page.length > 0 ? (
          <Command.Group heading="On this page" className={group}>
            {page.map((item) => (
              <Item key={item.keys} keys={item.keys} onSelect={pick(() => item.run(new KeyboardEvent("keydown")))}>{item.label}</Item>
            ))}
          </Command.Group>
        ) : null}
        <Command.Group heading="Appearance" className={group}>
          <Item icon={dark ? <Sun size={14} /> : <Moon size={14} />} keys="shift+t" onSelect={pick(() => setTheme(dark ? "light" : "dark"))}>{dark ? "Light theme" : "Dark theme"}</Item>
          <Item icon={<Sun size={14} />} onSelect={pick(() => setTheme("system"))}>Theme as the system</Item>
          <Item icon={<Clock size={14} />} onSelect={pick(() => setZone(zone === "utc" ? "local" : "utc"))}>{zone === "utc" ? "Times in local time" : "Times in UTC"}</Item>
          <Item icon={<CircleHelp size={14} />} keys="?" onSelect={pick(onHelp)}>Keyboard help</Item>
        </Command.Group>
      </Command.List>
    </Command.Dialog>
  )
}

function Item({ icon, keys, children, onSelect, value }: { icon?: ReactNode; keys?: string; children: ReactNode; onSelect: () => void; value?: string }) {
  return (
    <Command.Item {...(value === undefined ? {} : { value })} onSelect={onSelect} className="flex h-8 cursor-default items-center gap-2.5 rounded-control px-2 aria-selected:bg-hover">
      <span className="flex w-4 shrink-0 justify-center text-text-3">{icon}</span>
      <span className="flex min-w-0 flex-1 items-center gap-2 truncate">{children}</span>
      {keys ? <Kbd>{keyText(keys)}</Kbd> : null}
    </Command.Item>
  )
}

/** Experiments and runs whose names hold the words, found by the server. */
function Found({ ws, words, pick }: { ws: string; words: string; pick: (act: () => void) => () => void }) {
  const go = useGo()
  const text = useDeferredValue(words.trim())
  const like = `'%${text.replaceAll("'", "''")}%'`
  const enabled = text.length > 0
  const experiments = useQuery({ ...queries.experiments(ws, { filter: enabled ? `name ILIKE ${like}` : "", max_results: 6, order_by: "last_update_time DESC" }), enabled })
  const runs = useQuery({ ...queries.runs(ws, { filter: `run_name ILIKE ${like}`, max_results: 8, order_by: ["start_time DESC"], with_data: false }), enabled })
  if (!enabled) return null
  return (
    <>
      {experiments.data?.items.length ? (
        <Command.Group heading="Experiments" className={group}>
          {experiments.data.items.map((item) => (
            <Item key={item.id} value={`experiment ${item.id} ${item.name} ${text}`} icon={<FlaskConical size={14} />} onSelect={pick(() => go(paths.experiment(ws, item.id)))}>{item.name}</Item>
          ))}
        </Command.Group>
      ) : null}
      {runs.data?.items.length ? (
        <Command.Group heading="Runs" className={group}>
          {runs.data.items.map((item) => (
            <Item key={item.id} value={`run ${item.id} ${item.name} ${text}`} icon={<Play size={14} />} onSelect={pick(() => go(paths.run(ws, item.id)))}>
              <span className="truncate">{item.name}</span><Status state={item.state} className="text-dense" />
            </Item>
          ))}
        </Command.Group>
      ) : null}
    </>
  )
}
