// The media of one key at one step.
import { useQuery } from "@tanstack/react-query"
import { ChevronLeft, ChevronRight, ExternalLink } from "lucide-react"
import { memo, useMemo, useState } from "react"
import { errorText } from "~/api/errors"
import * as queries from "~/api/queries"
import type { Run } from "~/api/types_gen"
import { Link } from "~/link"
import { paths } from "~/paths"
import { cn } from "~/ui/cn"
import { Dialog } from "~/ui/Dialog"
import { count } from "~/ui/format"
import { IconButton } from "~/ui/IconButton"
import { Skeleton } from "~/ui/Skeleton"
import { fileText, fileUrl } from "../artifacts/file"
import { HtmlView } from "../artifacts/HtmlView"
import { kindOf, nameOf } from "../artifacts/kinds"
import { parseCsv, sheetOf } from "../artifacts/sheet"
import { SheetView } from "../artifacts/SheetView"
import { byStep, stepAt, type Item } from "./files"
import { histogramOf, HistogramView } from "./HistogramView"

interface Props {
  ws: string
  run: Run
  name: string
  step: number | undefined
  onStep: (step: number | undefined) => void
}

export const MediaPanel = memo(function MediaPanel({ ws, run, name, step, onStep }: Props) {
  const { data, error } = useQuery(queries.artifacts(ws, run.id, `media/${name}`))
  const steps = useMemo(() => byStep(data?.items ?? []), [data])
  const order = useMemo(() => [...steps.keys()], [steps])
  const at = stepAt(order, step)
  const items = at === undefined ? [] : (steps.get(at) ?? [])
  const place = at === undefined ? 0 : order.indexOf(at)
  const go = (next: number): void => {
    const target = order[Math.max(0, Math.min(order.length - 1, next))]
    if (target !== undefined) onStep(target)
  }
  return (
    <section aria-label={name} className="flex min-w-0 flex-col rounded-panel border bg-surface">
      <header className="flex h-9 shrink-0 items-center gap-2 border-b pr-1 pl-3">
        <h3 dir="auto" title={name} className="m-0 min-w-0 truncate text-dense font-medium">{name}</h3>
        <Link to={paths.run(ws, run.id, "artifacts", `media/${name}`)} aria-label={`Files of ${name}`} className="text-text-3 hover:text-text"><ExternalLink size={13} /></Link>
        {order.length > 0 ? (
          <div className="ml-auto flex min-w-0 items-center gap-1">
            <span className="text-dense whitespace-nowrap text-text-3">step <span className="font-mono text-text">{at === undefined ? "" : count(at)}</span></span>
            {order.length > 1 ? (
              <>
                <IconButton small label="Step before" disabled={place <= 0} onClick={() => go(place - 1)}><ChevronLeft size={14} /></IconButton>
                <input type="range" aria-label={`Step of ${name}`} aria-valuetext={`step ${at}`} min={0} max={order.length - 1} step={1} value={place} onChange={(event) => go(Number(event.target.value))} className="w-24 min-w-0 accent-[var(--accent)] sm:w-36" />
                <IconButton small label="Step after" disabled={place >= order.length - 1} onClick={() => go(place + 1)}><ChevronRight size={14} /></IconButton>
              </>
            ) : null}
          </div>
        ) : null}
      </header>
      <div className="min-h-24 p-3">
        {error ? <p role="alert" className="m-0 text-bad">{errorText(error)}</p> : null}
        {!data && !error ? <Skeleton className="h-40" /> : null}
        {data && items.length === 0 ? <p className="m-0 text-text-3">The files of this key were deleted.</p> : null}
        <Items ws={ws} run={run} name={name} items={items} />
      </div>
    </section>
  )
})

function captionOf(run: Run, name: string, item: Item): string {
  const about = run.summary[`${name}.items`]
  if (!Array.isArray(about)) return ""
  const found = (about as unknown[]).find((each) => typeof each === "object" && each !== null && (each as { path?: unknown }).path === item.file.path) as { caption?: unknown } | undefined
  return typeof found?.caption === "string" ? found.caption : ""
}

function Items({ ws, run, name, items }: { ws: string; run: Run; name: string; items: Item[] }) {
  const images = items.filter((item) => ["image", "svg"].includes(kindOf(item.file)))
  const others = items.filter((item) => !images.includes(item))
  return (
    <>
      {images.length > 0 ? (
        <div className={cn("grid gap-2", images.length === 1 ? "grid-cols-1" : "grid-cols-[repeat(auto-fill,minmax(120px,1fr))]")}>
          {images.map((item) => <Picture key={item.index} ws={ws} run={run} item={item} caption={captionOf(run, name, item)} alone={images.length === 1} />)}
        </div>
      ) : null}
      {others.map((item) => <Other key={item.index} ws={ws} run={run} name={name} item={item} />)}
    </>
  )
}

function Picture({ ws, run, item, caption, alone }: { ws: string; run: Run; item: Item; caption: string; alone: boolean }) {
  const [open, setOpen] = useState(false)
  const [small, setSmall] = useState(false)
  // Single pixels of small images are what people look for; photographs are not made of squares.
  const grain = small ? "[image-rendering:pixelated]" : ""
  const url = fileUrl(ws, run.id, item.file.path)
  const text = caption || `${nameOf(item.file.path)}`
  return (
    <figure className="m-0 flex min-w-0 flex-col gap-1">
      <button type="button" aria-label={`Enlarge ${text}`} onClick={() => setOpen(true)} className={cn("flex items-center justify-center overflow-hidden rounded-control border bg-bg", alone ? "h-56" : "aspect-square")}>
        <img src={url} alt={text} loading="lazy" onLoad={(event) => setSmall(event.currentTarget.naturalWidth < 128)} className={cn("size-full object-contain", grain)} />
      </button>
      {caption ? <figcaption dir="auto" title={caption} className="truncate text-dense text-text-2">{caption}</figcaption> : null}
      <Dialog open={open} onOpenChange={setOpen} wide title={caption || nameOf(item.file.path)} description={`Step ${item.step}`}>
        <img src={url} alt={text} className={cn("mx-auto max-h-[58vh] w-full object-contain", grain)} />
      </Dialog>
    </figure>
  )
}

function Other({ ws, run, name, item }: { ws: string; run: Run; name: string; item: Item }) {
  const kind = kindOf(item.file)
  const text = ["json", "table", "html", "text", "markdown"].includes(kind)
  const { data, error } = useQuery({ ...fileText(ws, run.id, item.file, 10e6), enabled: text })
  if (error) return <p role="alert" className="m-0 text-bad">{errorText(error)}</p>
  const said = captionOf(run, name, item) || nameOf(item.file.path)
  if (kind === "audio") return <audio controls preload="metadata" src={fileUrl(ws, run.id, item.file.path)} aria-label={said} className="my-1 w-full max-w-[640px]" />
  if (kind === "video") return <video controls preload="metadata" src={fileUrl(ws, run.id, item.file.path)} aria-label={said} className="my-1 max-h-[50vh] max-w-full" />
  if (!text) return <Link to={paths.run(ws, run.id, "artifacts", item.file.path)} className="text-accent hover:underline">{nameOf(item.file.path)}</Link>
  if (!data) return <Skeleton className="h-40" />
  if (kind === "html") return <HtmlView text={data.text} title={nameOf(item.file.path)} className="h-72" />
  if (kind === "table") return <SheetView sheet={parseCsv(data.text, item.type === "tsv" ? "\t" : ",")} name={nameOf(item.file.path)} className="h-80" />
  if (kind === "json") {
    let parsed: unknown = null
    try { parsed = JSON.parse(data.text) } catch { /* shown as text */ }
    const histogram = histogramOf(parsed)
    if (histogram) return <HistogramView {...histogram} />
    const sheet = sheetOf(parsed)
    if (sheet) return <SheetView sheet={sheet} name={nameOf(item.file.path)} className="h-80" />
  }
  return <pre tabIndex={0} className="m-0 max-h-72 overflow-auto">{data.text.slice(0, 20_000)}</pre>
}
