// Console lines of a run in pages of a thousand, fetched as they come into sight. At most 60 pages are kept, so ten
// million lines cost no more than sixty thousand. Also the places of lines that a search found.
import { call } from "~/api/client"
import { errorText } from "~/api/errors"
import type { LogLine } from "~/api/types_gen"

export const PAGE = 1_000
const KEPT = 60
const MOST_FOUND = 20_000

export interface Found {
  number: number
  line: LogLine
}

export interface Snapshot {
  total: number
  /** Absent without a search. */
  found: Found[] | null
  searching: boolean
  /** The search stopped at its limit. */
  cut: boolean
  error: string
  version: number
}

export class LogStore {
  private pages = new Map<number, LogLine[]>()
  private asked = new Set<number>()
  private listeners = new Set<() => void>()
  private state: Snapshot = { total: 0, found: null, searching: false, cut: false, error: "", version: 0 }
  private search = { query: "", regex: false, next: 0, stop: new AbortController() }
  private closed = new AbortController()
  private refreshing = false
  private stale = false
  loaded = false

  constructor(private readonly ws: string, private readonly run: string) {}

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  snapshot = (): Snapshot => this.state

  private set(change: Partial<Snapshot>): void {
    this.state = { ...this.state, ...change, version: this.state.version + 1 }
    for (const each of this.listeners) each()
  }

  close(): void {
    this.closed.abort()
    this.search.stop.abort()
  }

  open(): void {
    if (this.closed.signal.aborted) this.closed = new AbortController()
    void this.refresh()
  }

  /** A line, when it is here; asks for its page otherwise. */
  line(number: number): LogLine | undefined {
    const page = Math.floor(number / PAGE)
    const lines = this.pages.get(page)
    const line = lines?.[number - page * PAGE]
    if (line === undefined && number < this.state.total) void this.fetch(page)
    return line
  }

  private async fetch(page: number): Promise<void> {
    if (this.asked.has(page)) return
    this.asked.add(page)
    try {
      const lines = this.pages.get(page) ?? []
      let first = page * PAGE + lines.length
      const end = (page + 1) * PAGE
      const got = [...lines]
      let total = this.state.total
      while (first < end) {
        const answer = await call("runs_lines", { run_id: this.run, first, limit: end - first }, undefined, { ws: this.ws, signal: this.closed.signal })
        got.push(...answer.lines)
        total = answer.total
        first += answer.lines.length
        if (answer.lines.length === 0 || first >= total) break
      }
      this.pages.delete(page)
      this.pages.set(page, got)
      if (this.pages.size > KEPT) for (const oldest of this.pages.keys()) { this.pages.delete(oldest); break }
      this.set({ total, error: "" })
    } catch (error) {
      if (!this.closed.signal.aborted) this.set({ error: errorText(error) })
    } finally {
      this.asked.delete(page)
    }
  }

  /** Hear how many lines there are now, and fetch the end of the last page anew. */
  async refresh(): Promise<void> {
    if (this.refreshing) {
      this.stale = true
      return
    }
    this.refreshing = true
    try {
      do {
        this.stale = false
        const answer = await call("runs_lines", { run_id: this.run, tail: 200 }, undefined, { ws: this.ws, signal: this.closed.signal })
        this.loaded = true
        this.take(answer.first, answer.lines)
        this.set({ total: answer.total, error: "" })
        if (this.state.found && !this.state.searching && !this.state.cut) void this.goOn()
      } while (this.stale)
    } catch (error) {
      if (!this.closed.signal.aborted) this.set({ error: errorText(error) })
    } finally {
      this.refreshing = false
      // Closed and opened again meanwhile: the answer that was aborted is still wanted.
      if (this.stale && !this.closed.signal.aborted) void this.refresh()
    }
  }

  // Lines that follow what a page has, or that begin one, need no second request.
  private take(first: number, lines: LogLine[]): void {
    for (let at = 0; at < lines.length; at++) {
      const page = Math.floor((first + at) / PAGE)
      const place = (first + at) % PAGE
      const known = this.pages.get(page) ?? (place === 0 ? [] : undefined)
      const line = lines[at]
      if (known === undefined || line === undefined || place > known.length) continue
      known[place] = line
      this.pages.set(page, known)
    }
  }

  /** Look for lines; an empty query ends the search. */
  seek(query: string, regex: boolean): void {
    this.search.stop.abort()
    this.search = { query, regex, next: 0, stop: new AbortController() }
    if (query === "") {
      this.set({ found: null, searching: false, cut: false, error: "" })
      return
    }
    this.set({ found: [], searching: true, cut: false, error: "" })
    void this.goOn()
  }

  private async goOn(): Promise<void> {
    const { query, regex, stop } = this.search
    this.set({ searching: true })
    try {
      for (;;) {
        const answer = await call("runs_lines", { run_id: this.run, first: this.search.next, limit: 2_000, query, regex }, undefined, { ws: this.ws, signal: stop.signal })
        if (stop.signal.aborted) return
        const found = [...(this.state.found ?? [])]
        answer.numbers.forEach((number, at) => {
          const line = answer.lines[at]
          if (line) found.push({ number, line })
        })
        this.search.next = answer.next ?? answer.total
        const cut = found.length >= MOST_FOUND
        const more = answer.next !== null && !cut
        this.set({ found, total: answer.total, searching: more, cut, error: "" })
        if (!more) return
      }
    } catch (error) {
      if (!stop.signal.aborted) this.set({ searching: false, error: errorText(error) })
    }
  }
}
