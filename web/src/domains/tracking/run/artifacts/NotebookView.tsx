// A notebook's cells as they were saved: source, text with its colours, images. Scripts and HTML are left out.
import { cn } from "~/ui/cn"
import { CopyButton } from "~/ui/CopyButton"
import { ansiSpans } from "../logs/ansi"
import { Markdown } from "../overview/Markdown"
import type { Cell, Notebook, Output } from "./notebook"

const LONG = 20_000

export function NotebookView({ notebook }: { notebook: Notebook }) {
  return (
    <div className="flex max-w-[960px] flex-col gap-3 px-3 pt-1 pb-8 sm:px-4">
      <p className="m-0 text-dense text-text-3">{notebook.cells.length} cells, {notebook.language}. Outputs that are pages or scripts are left out.</p>
      {notebook.cells.map((cell, at) => <CellView key={at} cell={cell} />)}
    </div>
  )
}

function CellView({ cell }: { cell: Cell }) {
  if (cell.kind === "markdown") return <Markdown text={cell.source} className="pl-14" />
  return (
    <div className="flex flex-col gap-1.5">
      <div className="flex items-start">
        <span className="w-14 shrink-0 pt-2 pr-2 text-right font-mono text-dense text-text-3">{cell.kind === "code" ? `[${cell.count ?? " "}]` : ""}</span>
        <div className="group relative min-w-0 flex-1 rounded-control border bg-surface">
          <pre tabIndex={0} className="m-0 overflow-x-auto px-3 py-1.5 leading-[18px]">{cell.source}</pre>
          <span className="absolute top-0.5 right-0.5 opacity-0 group-focus-within:opacity-100 group-hover:opacity-100"><CopyButton text={cell.source} label="Copy the cell" /></span>
        </div>
      </div>
      {cell.outputs.map((output, at) => <div key={at} className="min-w-0 pl-14"><OutputView output={output} /></div>)}
    </div>
  )
}

function OutputView({ output }: { output: Output }) {
  switch (output.kind) {
    case "image": return <img src={`data:${output.type};base64,${output.data}`} alt="Output of the cell" className="max-w-full rounded-control bg-[white]" />
    case "markdown": return <Markdown text={output.text} />
    case "hidden": return <p className="m-0 text-dense text-text-3">An output of the type {output.type || "unknown"} is not shown.</p>
    case "error": return <Colours text={output.text} className="rounded-control border border-bad/40 bg-bad/5 px-3 py-1.5" />
    case "text": return <Colours text={output.text} className={cn("px-3", output.stream === "stderr" && "border-l-2 border-bad")} />
  }
}

function Colours({ text, className }: { text: string; className?: string }) {
  const cut = text.length > LONG
  return (
    <pre tabIndex={0} className={cn("m-0 overflow-x-auto py-1 leading-[18px]", className)}>
      {(cut ? text.slice(0, LONG) : text).split("\n").map((line, at, all) => (
        <span key={at}>{ansiSpans(line).map((span, place) => <span key={place} style={{ color: span.fg, backgroundColor: span.bg }} className={cn(span.bold && "font-semibold", span.dim && "opacity-65", span.italic && "italic")}>{span.text}</span>)}{at < all.length - 1 ? "\n" : ""}</span>
      ))}
      {cut ? `\n… ${text.length - LONG} more characters` : ""}
    </pre>
  )
}
