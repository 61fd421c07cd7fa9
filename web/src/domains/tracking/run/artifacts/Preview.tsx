// The content of a file, shown by what it is. Nothing in it is ever run: pages are in a sandbox, SVG is an image.
import { useQuery } from "@tanstack/react-query"
import { useMemo, useState } from "react"
import { errorText } from "~/api/errors"
import type { Artifact } from "~/api/types_gen"
import { buttonClass } from "~/ui/Button"
import { CopyButton } from "~/ui/CopyButton"
import { EmptyState, Trouble } from "~/ui/EmptyState"
import { bytes } from "~/ui/format"
import { SkeletonRows } from "~/ui/Skeleton"
import { Segmented } from "~/ui/Tabs"
import { parseDiff } from "../code/diff"
import { DiffView } from "../code/DiffView"
import { Markdown } from "../overview/Markdown"
import { fileText, fileUrl, type Content } from "./file"
import { HtmlView } from "./HtmlView"
import { JsonTree } from "./JsonTree"
import { kindOf, LIMITS, nameOf, type Kind } from "./kinds"
import { NotebookView } from "./NotebookView"
import { parseNotebook } from "./notebook"
import { parseCsv, sheetOf, type Sheet } from "./sheet"
import { SheetView } from "./SheetView"
import { TextView } from "./TextView"

interface Props {
  ws: string
  run: string
  file: Artifact
}

export function Preview({ ws, run, file }: Props) {
  const [anyway, setAnyway] = useState(false)
  const kind = kindOf(file)
  const url = fileUrl(ws, run, file.path)
  const name = nameOf(file.path)
  const large = (file.size ?? 0) > LIMITS[kind]
  if (file.size === 0) return <EmptyState title="The file is empty">It has no bytes.</EmptyState>
  if (kind === "image" || kind === "svg") return large ? <TooLarge file={file} url={url} /> : <Picture url={url} name={name} />
  if (kind === "audio") return <div className="p-4"><audio controls preload="metadata" src={url} className="w-full max-w-[640px]" aria-label={name} /></div>
  if (kind === "video") return <div className="p-4"><video controls preload="metadata" src={url} className="max-h-[70vh] max-w-full" aria-label={name} /></div>
  if (kind === "binary" && !anyway) {
    return (
      <EmptyState
        title={`${bytes(file.size)} of binary data`}
        actions={<><a href={url} download={name} className={buttonClass("primary")}>Download</a><button type="button" className={buttonClass("quiet")} onClick={() => setAnyway(true)}>Show as text anyway</button></>}
      >
        {file.digest ? <>Its digest is <code className="[overflow-wrap:anywhere]">{file.digest}</code>.</> : null}
      </EmptyState>
    )
  }
  return <FromText ws={ws} run={run} file={file} kind={anyway ? "text" : kind} />
}

function TooLarge({ file, url }: { file: Artifact; url: string }) {
  return <EmptyState title={`The file has ${bytes(file.size)}`} actions={<a href={url} download={nameOf(file.path)} className={buttonClass("primary")}>Download</a>}>That is too much to show here.</EmptyState>
}

function Picture({ url, name }: { url: string; name: string }) {
  const [size, setSize] = useState("")
  const [actual, setActual] = useState(false)
  const [broken, setBroken] = useState(false)
  if (broken) return <EmptyState title="The image cannot be shown" actions={<a href={url} download={name} className={buttonClass()}>Download</a>}>Its bytes are not of the kind that its name says.</EmptyState>
  return (
    <figure className="m-0 flex min-h-full flex-col items-center gap-2 p-4">
      <button type="button" title={actual ? "Fit" : "Show at full size"} onClick={() => setActual(!actual)} className="rounded-control bg-[repeating-conic-gradient(var(--hover)_0_25%,transparent_0_50%)] bg-[length:16px_16px]">
        <img src={url} alt={name} onError={() => setBroken(true)} onLoad={(event) => setSize(`${event.currentTarget.naturalWidth} × ${event.currentTarget.naturalHeight}`)} className={actual ? "block max-w-none" : "block max-h-[70vh] max-w-full min-w-24 object-contain [image-rendering:auto]"} />
      </button>
      <figcaption className="text-dense text-text-3">{size}</figcaption>
    </figure>
  )
}

function FromText({ ws, run, file, kind }: Props & { kind: Kind }) {
  const most = Math.min(LIMITS[kind] || 200_000, kind === "text" ? 1e6 : Infinity)
  const { data, error } = useQuery(fileText(ws, run, file, most))
  if (error) return <Trouble text={errorText(error)} />
  if (!data) return <SkeletonRows rows={8} className="p-4" />
  return <Shown kind={kind} content={data} file={file} />
}

function Shown({ kind, content, file }: { kind: Kind; content: Content; file: Artifact }) {
  const [source, setSource] = useState<"shown" | "source">("shown")
  const view = useMemo(() => made(kind, content, file.path), [kind, content, file.path])
  const text = <TextView text={content.text} cut={content.cut ? (file.size ?? 0) : 0} name={nameOf(file.path)} />
  if (!view) return text
  return (
    <div className="flex h-full min-h-0 flex-col">
      <div className="flex shrink-0 items-center gap-2 px-3 pt-2 pb-1 sm:px-4">
        <Segmented label="View" value={source} onChange={setSource} options={[{ value: "shown", label: view.label }, { value: "source", label: "Source" }]} />
        <CopyButton small={false} text={content.text} label="Copy the content" />
        {content.cut ? <span className="text-dense text-warn">Only the first {bytes(LIMITS[kind])} of {bytes(file.size)}</span> : null}
      </div>
      <div className="min-h-0 flex-1 overflow-auto">{source === "source" ? text : view.element}</div>
    </div>
  )
}

function made(kind: Kind, content: Content, path: string): { label: string; element: React.ReactNode } | null {
  const { text, cut } = content
  switch (kind) {
    case "json": {
      if (cut) return null
      let data: unknown
      try { data = JSON.parse(text) } catch { return null }
      const sheet = sheetOf(data)
      return sheet ? { label: "Table", element: <SheetView sheet={sheet} name={nameOf(path)} /> } : { label: "Tree", element: <JsonTree data={data} /> }
    }
    case "table": {
      const sheet: Sheet = parseCsv(text, path.toLowerCase().endsWith(".tsv") ? "\t" : ",")
      return sheet.columns.length > 0 ? { label: "Table", element: <SheetView sheet={{ ...sheet, cut: sheet.cut || cut }} name={nameOf(path)} /> } : null
    }
    case "notebook": {
      const notebook = cut ? null : parseNotebook(text)
      return notebook ? { label: "Notebook", element: <NotebookView notebook={notebook} /> } : null
    }
    case "markdown": return { label: "Text", element: <Markdown text={text} className="max-w-[820px] px-3 py-2 sm:px-4" /> }
    case "html": return cut ? null : { label: "Page", element: <HtmlView text={text} title={nameOf(path)} /> }
    case "diff": {
      const files = parseDiff(text)
      return files.length > 0 ? { label: "Changes", element: <div className="flex flex-col gap-3 px-3 py-2 sm:px-4">{files.map((file, at) => <DiffView key={at} file={file} split={false} />)}</div> } : null
    }
    default: return null
  }
}
