// The code of a run: its commit, what was not committed, its packages, its command.
import { useQuery } from "@tanstack/react-query"
import { useSearch } from "@tanstack/react-router"
import { useMemo, useState } from "react"
import { call, callRaw, urlOf } from "~/api/client"
import { errorText, isKind } from "~/api/errors"
import type { RunPlaceSearch } from "~/domains/tracking/search"
import { useSetSearch } from "~/link"
import { Command, CopyButton } from "~/ui/CopyButton"
import { EmptyState, Trouble } from "~/ui/EmptyState"
import { bytes, count, plural } from "~/ui/format"
import { SearchInput } from "~/ui/Input"
import { SkeletonRows } from "~/ui/Skeleton"
import { Table, Td, Th, Tr } from "~/ui/Table"
import { Segmented } from "~/ui/Tabs"
import { commandLine } from "../overview/Reproduce"
import { natural } from "../overview/values"
import type { TabProps } from "../RunPage"
import { parseDiff } from "./diff"
import { DiffView } from "./DiffView"

const MOST = 4_000_000
type View = "diff" | "packages" | "command"

export function Code({ ws, run }: TabProps) {
  const search = useSearch({ strict: false }) as RunPlaceSearch
  const set = useSetSearch<RunPlaceSearch>()
  const view: View = search.view === "packages" || search.view === "command" ? search.view : "diff"
  const packages = Object.keys(run.origin?.packages ?? {}).length
  const git = run.origin?.git
  return (
    <div className="flex flex-col">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1.5 border-b px-3 py-1.5 sm:px-4">
        <Segmented label="Part of the code" value={view} onChange={(next) => set({ view: next === "diff" ? undefined : next })} options={[{ value: "diff", label: "Changes" }, { value: "packages", label: `Packages ${packages > 0 ? count(packages) : ""}` }, { value: "command", label: "Command" }]} />
        {git?.commit ? <span className="flex items-center gap-1 text-dense text-text-2">On <code title={git.commit}>{git.commit.slice(0, 10)}</code>{git.branch ? <> of <code>{git.branch}</code></> : null}<CopyButton text={git.commit} label="Copy the commit" /></span> : null}
      </div>
      {view === "diff" ? <Changes ws={ws} run={run} below="" /> : view === "packages" ? <Packages packages={run.origin?.packages ?? {}} python={run.origin?.python ?? ""} /> : <CommandOf command={run.origin?.command ?? []} directory={run.origin?.directory ?? ""} />}
    </div>
  )
}

function Changes({ ws, run }: TabProps) {
  const [split, setSplit] = useState<"unified" | "split">("unified")
  const list = useQuery({ queryKey: [ws, "artifacts", run.id, "code"], queryFn: ({ signal }) => call("artifacts_list_of_run", { run_id: run.id, path: "code" }, undefined, { ws, signal }) })
  const patch = list.data?.items.find((item) => item.path === "code/diff.patch")
  const body = useQuery({
    queryKey: [ws, "artifact", run.id, patch?.path, patch?.digest],
    enabled: patch !== undefined && (patch.size ?? 0) <= MOST,
    queryFn: async ({ signal }) => (await callRaw("artifacts_get_of_run", { run_id: run.id, path: "code/diff.patch" }, undefined, { ws, signal })).text(),
    staleTime: Infinity,
  })
  const files = useMemo(() => parseDiff(body.data ?? ""), [body.data])
  if (list.error && !isKind(list.error, "not_found")) return <Trouble text={errorText(list.error)} />
  if (body.error) return <Trouble text={errorText(body.error)} />
  if (list.isPending || (patch && body.isLoading)) return <SkeletonRows rows={8} className="p-4" />
  if (!patch) {
    const git = run.origin?.git
    return git?.commit
      ? <EmptyState title={git.dirty ? "The changes were not kept" : "Nothing was changed"}>{git.dirty ? "The tree had uncommitted changes, but no diff was recorded." : "The run used its commit as it is."}</EmptyState>
      : <EmptyState title="No code was recorded" command="git init && git add . && git commit -m start">Runs that start inside a git repository record their commit and what is not committed.</EmptyState>
  }
  const href = urlOf("artifacts_get_of_run", { run_id: run.id, path: patch.path }, ws)
  if ((patch.size ?? 0) > MOST) return <EmptyState title={`The diff has ${bytes(patch.size)}`} actions={<a className="text-accent hover:underline" href={href} download>Download it</a>}>That is too much to show.</EmptyState>
  const [added, removed] = [files.reduce((sum, file) => sum + file.added, 0), files.reduce((sum, file) => sum + file.removed, 0)]
  return (
    <div className="flex flex-col gap-3 px-3 pt-2 pb-10 sm:px-4">
      <div className="flex flex-wrap items-center gap-3">
        <span className="text-text-2">{plural(files.length, "file")} <span className="text-ok">+{count(added)}</span> <span className="text-bad">−{count(removed)}</span></span>
        <div className="ml-auto flex items-center gap-2">
          <Segmented label="Layout" value={split} onChange={setSplit} options={[{ value: "unified", label: "Unified" }, { value: "split", label: "Side by side" }]} />
          <CopyButton text={body.data ?? ""} label="Copy the patch" small={false} />
          <a className="text-accent hover:underline" href={href} download>Download</a>
        </div>
      </div>
      {files.length === 0 ? <pre tabIndex={0} className="m-0 overflow-auto rounded-panel border bg-surface p-3">{(body.data ?? "").slice(0, 100_000)}</pre> : files.map((file, at) => <DiffView key={`${file.path} ${at}`} file={file} split={split === "split"} />)}
    </div>
  )
}

function Packages({ packages, python }: { packages: Record<string, string>; python: string }) {
  const [query, setQuery] = useState("")
  const names = Object.keys(packages).sort(natural)
  const wanted = query.trim().toLowerCase()
  const shown = names.filter((name) => name.toLowerCase().includes(wanted))
  if (names.length === 0) return <EmptyState title="No packages were recorded">The SDK records the packages of the interpreter that runs it.</EmptyState>
  return (
    <div className="flex flex-col px-3 pt-2 pb-10 sm:px-4">
      <div className="flex flex-wrap items-center gap-2 pb-2">
        <SearchInput value={query} onChange={setQuery} label="Search packages" className="w-64" />
        <span className="text-dense text-text-3">{wanted ? `${count(shown.length)} of ${plural(names.length, "package")}` : plural(names.length, "package")}{python ? `, Python ${python}` : ""}</span>
        <span className="ml-auto"><CopyButton small={false} text={names.map((name) => `${name}==${packages[name]}`).join("\n")} label="Copy as requirements.txt" /></span>
      </div>
      <Table label="Packages" className="max-w-[720px]">
        <thead><tr><Th>Package</Th><Th>Version</Th></tr></thead>
        <tbody>{shown.map((name) => <Tr key={name}><Td mono className="h-7">{name}</Td><Td mono className="h-7 text-text-2">{packages[name]}</Td></Tr>)}</tbody>
      </Table>
    </div>
  )
}

function CommandOf({ command, directory }: { command: string[]; directory: string }) {
  if (command.length === 0) return <EmptyState title="No command was recorded">Runs of the SDK record the command that started them.</EmptyState>
  return (
    <div className="flex max-w-[900px] flex-col gap-2 px-3 pt-3 pb-10 sm:px-4">
      <Command text={commandLine(command)} />
      {directory ? <p className="m-0 text-text-2">In <code>{directory}</code></p> : null}
      <ol className="m-0 pl-6 font-mono text-dense text-text-2">{command.map((word, at) => <li key={at} className="[overflow-wrap:anywhere]">{word}</li>)}</ol>
    </div>
  )
}
