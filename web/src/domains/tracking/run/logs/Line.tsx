// One console line: its number as a link, its time, its text in the colours it was written in.
import { memo } from "react"
import type { LogLine } from "~/api/types_gen"
import { cn } from "~/ui/cn"
import { absolute, type Zone } from "~/ui/format"
import { ansiSpans, type Span } from "./ansi"

const LONGEST = 4_000

export interface LineProps {
  number: number
  line: LogLine | undefined
  marked: boolean
  times: boolean
  wide: number
  zone: Zone
  /** Parts of the text to mark; global. */
  find: RegExp | null
  onNumber: (number: number) => void
}

export const Line = memo(function Line({ number, line, marked, times, wide, zone, find, onNumber }: LineProps) {
  const text = line?.text ?? ""
  return (
    <div className={cn("flex h-[18px] w-max min-w-full items-center pr-4 font-mono text-dense leading-[18px] whitespace-pre hover:bg-hover", marked && "bg-accent-soft hover:bg-accent-soft")}>
      <button type="button" tabIndex={-1} aria-label={`Link to line ${number + 1}`} onClick={() => onNumber(number)} style={{ width: `${wide + 2}ch` }} className={cn("sticky left-0 z-10 h-full shrink-0 cursor-default border-r pr-[1ch] text-right text-text-3 select-none hover:text-accent", marked ? "bg-accent-soft text-accent" : "bg-bg")}>{number + 1}</button>
      {line ? <span aria-hidden className={cn("mr-2 h-full w-0.5 shrink-0", line.stream === "stderr" ? "bg-bad" : "bg-transparent")} title={line.stream === "stderr" ? "stderr" : undefined} /> : null}
      {times && line ? <span className="mr-3 shrink-0 text-text-3 select-none">{clock(line.time_ms, zone)}</span> : null}
      {line ? <span dir="auto">{drawn(text.length > LONGEST ? `${text.slice(0, LONGEST)} … ${text.length - LONGEST} more characters` : text, find)}</span> : <span className="ml-2 h-2 w-64 animate-pulse rounded-control bg-hover" />}
    </div>
  )
})

function clock(at: number, zone: Zone): string {
  return `${absolute(at, zone).slice(11, 19)}.${String(((at % 1000) + 1000) % 1000).padStart(3, "0")}`
}

function drawn(text: string, find: RegExp | null) {
  const spans = ansiSpans(text)
  const places = find ? matches(spans.map((span) => span.text).join(""), find) : []
  let from = 0
  return spans.map((span, at) => {
    const start = from
    from += span.text.length
    const style = span.fg || span.bg ? { color: span.fg, backgroundColor: span.bg } : undefined
    const kind = cn(span.bold && "font-semibold", span.dim && "opacity-65", span.italic && "italic", span.underline && "underline", span.strike && "line-through") || undefined
    if (!style && !kind && places.length === 0) return span.text
    return <span key={at} style={style} className={kind}>{places.length > 0 ? marked(span, start, places) : span.text}</span>
  })
}

function matches(text: string, find: RegExp): [number, number][] {
  const places: [number, number][] = []
  for (const match of text.matchAll(find)) {
    if (match[0] !== "") places.push([match.index, match.index + match[0].length])
    if (places.length >= 100) break
  }
  return places
}

function marked(span: Span, start: number, places: [number, number][]) {
  const parts = []
  let at = 0
  for (const [from, to] of places) {
    const one = Math.max(0, from - start)
    const two = Math.min(span.text.length, to - start)
    if (two <= one) continue
    if (one > at) parts.push(span.text.slice(at, one))
    parts.push(<mark key={one} className="rounded-[2px] bg-[oklch(0.9_0.13_95)] text-inherit dark:bg-[oklch(0.45_0.09_95)]">{span.text.slice(one, two)}</mark>)
    at = two
  }
  if (at < span.text.length) parts.push(span.text.slice(at))
  return parts
}
