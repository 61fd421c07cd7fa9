// One file of a diff: in one column, or the old beside the new; the changed part of a changed line is marked.
import { ChevronDown, ChevronRight } from "lucide-react"
import { useMemo, useState } from "react"
import { Button } from "~/ui/Button"
import { cn } from "~/ui/cn"
import { Badge } from "~/ui/Status"
import { changedPart, sideBySide, type DiffFile, type DiffLine, type Hunk } from "./diff"

const MANY = 400
const GROUNDS = { same: "", add: "bg-ok/10", del: "bg-bad/10" }
const MARKS = { same: " ", add: "+", del: "−" }

export function DiffView({ file, split }: { file: DiffFile; split: boolean }) {
  const total = file.hunks.reduce((sum, hunk) => sum + hunk.lines.length, 0)
  const [open, setOpen] = useState(total <= 2_000)
  const [all, setAll] = useState(false)
  const hunks = all || total <= MANY ? file.hunks : cut(file.hunks)
  return (
    <section aria-label={file.path} className="overflow-hidden rounded-panel border bg-surface">
      <header className="flex min-h-8 items-center gap-2 border-b bg-bg px-2">
        <button type="button" aria-expanded={open} onClick={() => setOpen(!open)} className="flex min-w-0 cursor-default items-center gap-1.5 font-mono text-dense font-medium">
          {open ? <ChevronDown size={14} className="shrink-0 text-text-3" /> : <ChevronRight size={14} className="shrink-0 text-text-3" />}
          <span dir="auto" className="truncate">{file.status === "renamed" ? `${file.from} → ${file.path}` : file.path}</span>
        </button>
        {file.status === "changed" ? null : <Badge tone={file.status === "added" ? "ok" : file.status === "deleted" ? "bad" : "idle"}>{file.status}</Badge>}
        <span className="ml-auto shrink-0 font-mono text-dense"><span className="text-ok">+{file.added}</span> <span className="text-bad">−{file.removed}</span></span>
      </header>
      {open && file.status === "binary" ? <p className="m-0 px-3 py-2 text-text-3">A binary file; its change is not shown.</p> : null}
      {open && hunks.length > 0 ? (
        <div className="overflow-x-auto" tabIndex={0} role="region" aria-label={`Lines of ${file.path}`}>
          <table className="w-full border-separate border-spacing-0 font-mono text-dense leading-[18px]" aria-label={`Changes of ${file.path}`}>
            {hunks.map((hunk, at) => <tbody key={at}><HunkRows hunk={hunk} split={split} /></tbody>)}
          </table>
          {hunks === file.hunks ? null : <div className="border-t p-2"><Button small onClick={() => setAll(true)}>Show all {total} lines</Button></div>}
        </div>
      ) : null}
    </section>
  )
}

function cut(hunks: Hunk[]): Hunk[] {
  const kept: Hunk[] = []
  let left = MANY
  for (const hunk of hunks) {
    if (left <= 0) break
    kept.push({ ...hunk, lines: hunk.lines.slice(0, left) })
    left -= hunk.lines.length
  }
  return kept
}

function HunkRows({ hunk, split }: { hunk: Hunk; split: boolean }) {
  const rows = useMemo(() => sideBySide(hunk), [hunk])
  const twins = useMemo(() => {
    const found = new Map<DiffLine, DiffLine>()
    for (const [left, right] of rows) if (left && right && left !== right) found.set(left, right).set(right, left)
    return found
  }, [rows])
  const first = hunk.lines[0]
  const place = first ? (first.new ?? first.old ?? 0) : 0
  return (
    <>
      <tr><td colSpan={split ? 4 : 3} className="border-y bg-bg px-3 py-0.5 text-text-3 first:border-t-0">{hunk.header || `line ${place}`}</td></tr>
      {split
        ? rows.map(([left, right], at) => <tr key={at}><Half line={left} side="old" twin={left ? twins.get(left) : undefined} /><Half line={right} side="new" twin={right ? twins.get(right) : undefined} /></tr>)
        : hunk.lines.map((line, at) => (
          <tr key={at} className={GROUNDS[line.kind]}>
            <Number value={line.old} /><Number value={line.new} />
            <td className="w-full pr-3 whitespace-pre"><Mark line={line} /><Text line={line} twin={twins.get(line)} /></td>
          </tr>
        ))}
    </>
  )
}

function Half({ line, side, twin }: { line: DiffLine | null; side: "old" | "new"; twin: DiffLine | undefined }) {
  const ground = line ? GROUNDS[line.kind] : "bg-bg"
  return (
    <>
      <Number value={line ? line[side] : null} className={ground} />
      <td className={cn("w-1/2 max-w-0 pr-2 whitespace-pre-wrap [overflow-wrap:anywhere]", side === "old" && "border-r", ground)}>{line ? <><Mark line={line} /><Text line={line} twin={twin} /></> : null}</td>
    </>
  )
}

function Number({ value, className }: { value: number | null; className?: string }) {
  return <td className={cn("w-12 min-w-12 border-r px-2 text-right align-top text-text-3 select-none", className)}>{value}</td>
}

function Mark({ line }: { line: DiffLine }) {
  return <span className={cn("inline-block w-[3ch] text-center select-none", line.kind === "add" ? "text-ok" : line.kind === "del" ? "text-bad" : "")}>{MARKS[line.kind]}</span>
}

function Text({ line, twin }: { line: DiffLine; twin: DiffLine | undefined }) {
  const part = twin ? changedPart(line.text, twin.text) : null
  if (!part) return line.text
  const [start, end] = part
  return <>{line.text.slice(0, start)}<mark className={cn("rounded-[2px] text-inherit", line.kind === "add" ? "bg-ok/30" : "bg-bad/30")}>{line.text.slice(start, end)}</mark>{line.text.slice(end)}</>
}
