// Console output: any number of lines by pages from the server, searched there, followed while the run goes on.
import { ArrowDownToLine, Clock, Download, Regex } from "lucide-react"
import { useDeferredValue, useEffect, useMemo, useState, useSyncExternalStore } from "react"
import { useSearch } from "@tanstack/react-router"
import { useEvents } from "~/api/events"
import type { RunPlaceSearch } from "~/domains/tracking/search"
import { useSetSearch } from "~/link"
import { paths } from "~/paths"
import { copyText } from "~/ui/clipboard"
import { CopyButton } from "~/ui/CopyButton"
import { EmptyState } from "~/ui/EmptyState"
import { count, plural } from "~/ui/format"
import { IconButton } from "~/ui/IconButton"
import { SearchInput } from "~/ui/Input"
import { Segmented } from "~/ui/Tabs"
import { toast } from "~/ui/toast"
import type { TabProps } from "../RunPage"
import { stripAnsi } from "./ansi"
import { saveLog } from "./save"
import { LogStore, type Found } from "./store"
import { LogView } from "./LogView"

type Stream = "all" | "stdout" | "stderr"
const STREAMS: { value: Stream; label: string }[] = [{ value: "all", label: "All" }, { value: "stdout", label: "stdout" }, { value: "stderr", label: "stderr" }]

export function Logs({ ws, run }: TabProps) {
  const search = useSearch({ strict: false }) as RunPlaceSearch
  const set = useSetSearch<RunPlaceSearch>()
  const store = useMemo(() => new LogStore(ws, run.id), [ws, run.id])
  const state = useSyncExternalStore(store.subscribe, store.snapshot)
  const live = run.state === "running"
  const [query, setQuery] = useState(search.q ?? "")
  const [times, setTimes] = useState(search.view === "times")
  const [follow, setFollow] = useState(live && search.line === undefined)
  const [saving, setSaving] = useState("")
  const [stream, setStream] = useState<Stream>("all")
  const regex = search.regex === true
  const wanted = useDeferredValue(query)
  useEffect(() => {
    store.open()
    return () => store.close()
  }, [store])
  useEvents(["run.logs"], (events) => { if (events.some((event) => event.subject === run.id)) void store.refresh() })
  // A page that missed an event while the server was away looks by itself.
  useEffect(() => {
    if (!live) return
    const timer = setInterval(() => void store.refresh(), 15_000)
    return () => clearInterval(timer)
  }, [store, live])
  // One stream alone is a search that every line fits, filtered here.
  const sought = wanted !== "" ? wanted : stream === "all" ? "" : "^"
  useEffect(() => {
    const timer = setTimeout(() => {
      store.seek(sought, wanted === "" ? stream !== "all" : regex)
      set({ q: wanted || undefined })
    }, 180)
    return () => clearTimeout(timer)
  }, [store, sought, regex, wanted, stream])
  const found = useMemo(() => state.found?.filter((each) => stream === "all" || each.line.stream === stream) ?? null, [state.found, stream])
  const find = useMemo(() => pattern(wanted, regex), [wanted, regex])
  const link = (number: number): void => {
    set({ line: number + 1, view: times ? "times" : undefined })
    setFollow(false)
    void copyText(`${location.origin}${paths.run(ws, run.id, "logs")}?line=${number + 1}`).then(() => toast(`Link to line ${count(number + 1)} copied`))
  }
  const save = async (): Promise<void> => {
    setSaving("…")
    await saveLog(ws, run, (share) => setSaving(share)).catch(() => toast("The log could not be read to its end", { bad: true }))
    setSaving("")
  }
  if (store.loaded && state.total === 0) {
    return (
      <EmptyState title={live ? "No output yet" : "This run printed nothing"} {...(live ? {} : { command: "mw.init(console=\"fd\")   # also hears child processes" })}>
        {live ? "Lines appear here as the run prints them." : "Console output is recorded while a run is open, unless MODELWRIGHT_CONSOLE is off."}
      </EmptyState>
    )
  }
  return (
    <div className="flex h-full min-h-0 flex-col">
      <div className="flex shrink-0 flex-wrap items-center gap-2 border-b px-3 py-1.5 sm:px-4">
        <SearchInput value={query} onChange={(next) => { setQuery(next); setFollow(false) }} label="Search the log" placeholder={regex ? "Search by regular expression" : "Search the log"} mono={regex} invalid={regex && state.error !== ""} className="min-w-40 flex-1 sm:max-w-96" />
        <IconButton label="Regular expression" active={regex} onClick={() => set({ regex: regex ? undefined : true })}><Regex size={15} /></IconButton>
        <Segmented label="Stream" value={stream} onChange={setStream} options={STREAMS} />
        <span className="text-dense whitespace-nowrap text-text-3" role="status">
          {found ? `${plural(found.length, "line")} of ${count(state.total)}${state.searching ? ", looking…" : state.cut ? ", the first ones" : ""}` : plural(state.total, "line")}
        </span>
        <div className="ml-auto flex items-center gap-1">
          <IconButton label="Times" active={times} onClick={() => setTimes(!times)}><Clock size={15} /></IconButton>
          <IconButton label={follow ? "Stop following" : "Follow the end"} active={follow} onClick={() => setFollow(!follow)}><ArrowDownToLine size={15} /></IconButton>
          <CopyShown store={store} found={found} total={state.total} />
          <IconButton label={saving ? `Reading ${saving}` : "Download the whole log"} disabled={saving !== ""} onClick={() => void save()}><Download size={15} /></IconButton>
        </div>
      </div>
      {state.error ? <div role="alert" className="shrink-0 border-b px-4 py-1.5 text-bad">{state.error}</div> : null}
      <LogView store={store} version={state.version} total={state.total} found={found} line={search.line === undefined ? null : search.line - 1} times={times} follow={follow} onFollow={setFollow} find={find} onNumber={link} />
    </div>
  )
}

/** Copies what a search found, or the end of the log. */
function CopyShown({ store, found, total }: { store: LogStore; found: Found[] | null; total: number }) {
  const from = Math.max(0, total - 200)
  const lines = found ? found.slice(0, 5_000).map((each) => each.line.text) : Array.from({ length: total - from }, (_, at) => store.line(from + at)?.text ?? "")
  return <CopyButton small={false} text={lines.map(stripAnsi).join("\n")} label={found ? "Copy what was found" : "Copy the last 200 lines"} />
}

// The server's language of patterns is RE2; what the browser cannot read of it is found all the same, only not marked.
function pattern(query: string, regex: boolean): RegExp | null {
  if (query === "") return null
  try {
    return new RegExp(regex ? query : query.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"), regex ? "g" : "gi")
  } catch {
    return null
  }
}
