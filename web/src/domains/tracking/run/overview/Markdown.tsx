// Markdown as React elements. No HTML is ever made from text; images are links, so that no other host is asked.
import type { ReactNode } from "react"
import { useMemo } from "react"
import { cn } from "~/ui/cn"
import { parseMarkdown, type Block, type Inline } from "./markdown"

export function Markdown({ text, className }: { text: string; className?: string }) {
  const blocks = useMemo(() => parseMarkdown(text), [text])
  return <div dir="auto" className={cn("flex min-w-0 flex-col gap-2.5 break-words [overflow-wrap:anywhere]", className)}>{blocks.map((block, at) => <Part key={at} block={block} />)}</div>
}

const HEADINGS = ["text-title font-semibold", "text-[15px] font-semibold", "text-body font-semibold", "text-body font-medium", "text-body font-medium", "text-body font-medium"]

function Part({ block }: { block: Block }): ReactNode {
  switch (block.kind) {
    case "heading": {
      const Tag = `h${Math.min(6, block.level + 2)}` as "h3"
      return <Tag className={cn("m-0 mt-1", HEADINGS[block.level - 1])}>{spans(block.children)}</Tag>
    }
    case "paragraph": return <p className="m-0 whitespace-pre-line">{spans(block.children)}</p>
    case "code": return <pre tabIndex={0} className="m-0 overflow-x-auto rounded-panel border bg-bg px-3 py-2 leading-[18px] [overflow-wrap:normal]">{block.text}</pre>
    case "rule": return <hr className="my-1 w-full border-0 border-t" />
    case "quote": return <blockquote className="m-0 flex flex-col gap-2 border-l-2 border-border-strong pl-3 text-text-2">{block.blocks.map((each, at) => <Part key={at} block={each} />)}</blockquote>
    case "table": return (
      <div className="overflow-x-auto">
        <table className="border-separate border-spacing-0">
          <thead><tr>{block.head.map((cell, at) => <th key={at} style={{ textAlign: block.align[at] ?? "left" }} className="border-b border-border-strong px-2 py-1 font-medium first:pl-0">{spans(cell)}</th>)}</tr></thead>
          <tbody>{block.rows.map((row, at) => <tr key={at}>{row.map((cell, column) => <td key={column} style={{ textAlign: block.align[column] ?? "left" }} className="border-b px-2 py-1 first:pl-0">{spans(cell)}</td>)}</tr>)}</tbody>
        </table>
      </div>
    )
    case "list": {
      const items = block.items.map((item, at) => (
        <li key={at} className={cn("pl-0.5", item.done !== null && "-ml-4 flex list-none gap-2")}>
          {item.done === null ? null : <input type="checkbox" checked={item.done} readOnly disabled aria-label={item.done ? "Done" : "Open"} className="mt-1 accent-[var(--accent)]" />}
          <div className="flex min-w-0 flex-col gap-1">{item.blocks.map((each, place) => <Part key={place} block={each} />)}</div>
        </li>
      ))
      const shape = "m-0 flex flex-col gap-1 pl-5"
      return block.start === null ? <ul className={cn(shape, "list-disc")}>{items}</ul> : <ol start={block.start} className={cn(shape, "list-decimal")}>{items}</ol>
    }
  }
}

function spans(parts: Inline[]): ReactNode {
  return parts.map((part, at) => {
    switch (part.kind) {
      case "text": return part.text
      case "code": return <code key={at} className="rounded-control bg-hover px-1 py-px">{part.text}</code>
      case "strong": return <strong key={at} className="font-semibold">{spans(part.children)}</strong>
      case "em": return <em key={at}>{spans(part.children)}</em>
      case "del": return <del key={at}>{spans(part.children)}</del>
      case "break": return <br key={at} />
      case "link": return <a key={at} href={part.href} target="_blank" rel="noopener noreferrer nofollow" className="text-accent underline underline-offset-2">{spans(part.children)}</a>
    }
  })
}
