// The whole log as a file, page by page.
import { call } from "~/api/client"
import type { Run } from "~/api/types_gen"
import { download } from "~/ui/clipboard"
import { stripAnsi } from "./ansi"

const MOST = 5_000_000 // lines that a browser can hold in one file

export async function saveLog(ws: string, run: Run, onShare: (share: string) => void): Promise<void> {
  const parts: string[] = []
  let first: number | null = 0
  while (first !== null && first < MOST) {
    const page: { lines: { time_ms: number; stream: string; text: string }[]; total: number; next: number | null } = await call("runs_lines", { run_id: run.id, first, limit: 10_000 }, undefined, { ws })
    parts.push(page.lines.map((line) => `${new Date(line.time_ms).toISOString()} ${line.stream} ${stripAnsi(line.text)}\n`).join(""))
    first = page.next
    onShare(`${Math.round((100 * (first ?? page.total)) / Math.max(1, page.total))} %`)
  }
  download(`${run.name.replace(/[^\w.-]+/g, "-").slice(0, 80) || run.id}.log`, new Blob(parts, { type: "text/plain" }))
}
