// What is known of a file or folder, what can be done with it, and its content.
import { useQuery, useQueryClient } from "@tanstack/react-query"
import { Code2, Copy, Download, Ellipsis, SquareTerminal, Trash2 } from "lucide-react"
import { useState } from "react"
import { call, urlOf } from "~/api/client"
import { errorText } from "~/api/errors"
import * as queries from "~/api/queries"
import type { Artifact, Run } from "~/api/types_gen"
import { curl, pyClient, pyText } from "~/copyable"
import { buttonClass, Button } from "~/ui/Button"
import { copyText } from "~/ui/clipboard"
import { Dialog } from "~/ui/Dialog"
import { EmptyState, Trouble } from "~/ui/EmptyState"
import { bytes, plural } from "~/ui/format"
import { IconButton } from "~/ui/IconButton"
import { Menu, MenuItem, MenuSeparator } from "~/ui/Menu"
import { SkeletonRows } from "~/ui/Skeleton"
import { Ago } from "~/ui/Time"
import { toast } from "~/ui/toast"
import { useWhyFixed } from "../access"
import { fileUrl } from "./file"
import { folderOf, nameOf } from "./kinds"
import { Preview } from "./Preview"

export function FilePane({ ws, run, path, onOpen }: { ws: string; run: Run; path: string; onOpen: (path: string) => void }) {
  const parent = useQuery({ ...queries.artifacts(ws, run.id, folderOf(path)), enabled: path !== "" })
  const item = parent.data?.items.find((each) => each.path === path)
  if (path === "") return <EmptyState title="Choose a file">Text, tables, images, notebooks and pages are shown here; everything can be downloaded.</EmptyState>
  if (parent.error) return <Trouble text={errorText(parent.error)} />
  if (!parent.data) return <SkeletonRows rows={5} className="p-4" />
  if (!item) return <EmptyState title="There is no such file" actions={<Button onClick={() => onOpen(folderOf(path))}>Back to its folder</Button>}><code>{path}</code> may have been deleted.</EmptyState>
  return (
    <div className="flex h-full min-h-0 flex-col">
      <Head ws={ws} run={run} item={item} onOpen={onOpen} />
      <div className="min-h-0 flex-1 overflow-auto">
        {item.is_dir ? <Folder ws={ws} run={run.id} path={path} onOpen={onOpen} /> : <Preview key={`${item.path} ${item.digest}`} ws={ws} run={run.id} file={item} />}
      </div>
    </div>
  )
}

function Head({ ws, run, item, onOpen }: { ws: string; run: Run; item: Artifact; onOpen: (path: string) => void }) {
  const [asked, setAsked] = useState(false)
  const client = useQueryClient()
  const why = useWhyFixed(ws, run)
  const copy = (text: string, what: string): void => void copyText(text).then(() => toast(`${what} copied`))
  const url = fileUrl(ws, run.id, item.path)
  const remove = async (): Promise<void> => {
    setAsked(false)
    try {
      await call("artifacts_delete_of_run", { run_id: run.id, path: item.path }, undefined, { ws })
      toast(`${nameOf(item.path)} deleted`)
      onOpen(folderOf(item.path))
    } catch (error) {
      toast(errorText(error), { bad: true })
    }
    void client.invalidateQueries({ queryKey: [ws, "artifacts", run.id] })
  }
  return (
    <header className="flex min-h-10 shrink-0 flex-wrap items-center gap-x-3 gap-y-1 border-b px-3 py-1 sm:px-4">
      <h2 dir="auto" title={item.path} className="m-0 min-w-0 truncate text-body font-semibold">{nameOf(item.path)}</h2>
      {item.is_dir ? null : <span className="text-dense whitespace-nowrap text-text-3">{bytes(item.size)} · {item.media_type && item.media_type !== "application/octet-stream" ? `${item.media_type} · ` : ""}<Ago at={item.created_ms} /></span>}
      <div className="ml-auto flex items-center gap-1">
        {item.is_dir ? null : <a href={url} download={nameOf(item.path)} className={buttonClass()}><Download size={14} />Download</a>}
        <Menu align="end" trigger={<IconButton label="More"><Ellipsis size={16} /></IconButton>}>
          <MenuItem icon={<Copy size={14} />} onSelect={() => copy(item.path, "Path")}>Copy path</MenuItem>
          <MenuItem icon={<Code2 size={14} />} onSelect={() => copy(`${pyClient(ws)}\ndata = client.artifacts.read(${pyText(`runs/${run.id}`)}, ${pyText(item.path)})`, "Python")}>Copy as Python</MenuItem>
          {item.is_dir ? null : <MenuItem icon={<SquareTerminal size={14} />} onSelect={() => copy(`${curl(urlOf("artifacts_get_of_run", { run_id: run.id, path: item.path }), { ws })} -O`, "curl command")}>Copy as curl</MenuItem>}
          {item.digest ? <MenuItem icon={<Copy size={14} />} onSelect={() => copy(item.digest, "Digest")}>Copy digest</MenuItem> : null}
          <MenuSeparator />
          <MenuItem danger icon={<Trash2 size={14} />} disabled={why !== undefined} onSelect={() => setAsked(true)}>{why ?? "Delete"}</MenuItem>
        </Menu>
      </div>
      <Dialog open={asked} onOpenChange={setAsked} title={`Delete ${nameOf(item.path).slice(0, 80)}?`} description={item.is_dir ? "The folder and all files below it are deleted. There is no way back." : "There is no way back."} actions={<><Button kind="quiet" onClick={() => setAsked(false)}>Cancel</Button><Button kind="danger" onClick={() => void remove()}>Delete</Button></>}>
        <code className="[overflow-wrap:anywhere]">{item.path}</code>
      </Dialog>
    </header>
  )
}

function Folder({ ws, run, path, onOpen }: { ws: string; run: string; path: string; onOpen: (path: string) => void }) {
  const { data } = useQuery(queries.artifacts(ws, run, path))
  if (!data) return <SkeletonRows rows={4} className="p-4" />
  const files = data.items.filter((item) => !item.is_dir)
  const size = files.reduce((sum, item) => sum + (item.size ?? 0), 0)
  return (
    <div className="px-3 py-2 sm:px-4">
      <p className="m-0 pb-1 text-text-3">{plural(data.items.length - files.length, "folder")}, {plural(files.length, "file")}{files.length > 0 ? ` with ${bytes(size)}` : ""}</p>
      {data.items.slice(0, 1_000).map((item) => (
        <button key={item.path} type="button" onClick={() => onOpen(item.path)} className="flex h-7 w-full cursor-default items-center gap-3 border-b text-left hover:bg-hover">
          <span dir="auto" className="min-w-0 flex-1 truncate">{nameOf(item.path)}{item.is_dir ? "/" : ""}</span>
          <span className="font-mono text-dense text-text-3">{item.is_dir ? "" : bytes(item.size)}</span>
        </button>
      ))}
    </div>
  )
}
