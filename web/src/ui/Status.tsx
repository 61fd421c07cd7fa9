import { Ban, CircleCheck, CircleDashed, CircleX, LoaderCircle, TriangleAlert, Zap } from "lucide-react"
import type { ComponentType, ReactNode } from "react"
import { cn } from "./cn"

export type Tone = "running" | "ok" | "warn" | "bad" | "idle"

const TONES: Record<Tone, string> = { running: "text-running", ok: "text-ok", warn: "text-warn", bad: "text-bad", idle: "text-idle" }

const STATES: Record<string, { tone: Tone; word: string; Icon: ComponentType<{ size?: number; className?: string }> }> = {
  queued: { tone: "idle", word: "Queued", Icon: CircleDashed },
  running: { tone: "running", word: "Running", Icon: LoaderCircle },
  finished: { tone: "ok", word: "Finished", Icon: CircleCheck },
  failed: { tone: "bad", word: "Failed", Icon: CircleX },
  crashed: { tone: "bad", word: "Crashed", Icon: Zap },
  killed: { tone: "warn", word: "Killed", Icon: Ban },
  stopping: { tone: "warn", word: "Stopping", Icon: LoaderCircle },
  ok: { tone: "ok", word: "Well", Icon: CircleCheck },
  trouble: { tone: "bad", word: "In trouble", Icon: TriangleAlert },
  disabled: { tone: "idle", word: "Disabled", Icon: Ban },
}

/** A state by icon and word. `bare` shows the icon alone, where a column has no room; the word stays for readers. */
export function Status({ state, word, bare, className }: { state: string; word?: string; bare?: boolean; className?: string }) {
  const { tone, word: usual, Icon } = STATES[state] ?? { tone: "idle" as Tone, word: state, Icon: CircleDashed }
  const text = word ?? usual
  return (
    <span className={cn("inline-flex shrink-0 items-center gap-1.5 whitespace-nowrap", TONES[tone], className)} {...(bare ? { title: text } : {})}>
      <Icon size={14} className={cn("shrink-0", Icon === LoaderCircle && "animate-[spin_2.4s_linear_infinite]")} aria-hidden />
      <span className={cn(bare && "sr-only")}>{text}</span>
    </span>
  )
}

/** A small label. */
export function Badge({ children, tone, mono, title }: { children: ReactNode; tone?: Tone; mono?: boolean; title?: string }) {
  return (
    <span title={title} className={cn("inline-flex h-5 max-w-60 items-center gap-1 rounded-control border bg-bg px-1.5 text-dense", tone ? TONES[tone] : "text-text-2", mono && "font-mono")}>
      <span className="truncate">{children}</span>
    </span>
  )
}
