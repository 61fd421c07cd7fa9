// The lines that are in sight, of any number. Follows the end until the user scrolls away from it.
import { useEffect, useLayoutEffect, useRef, useState } from "react"
import { usePreferences } from "~/ui/preferences"
import { Line } from "./Line"
import type { Found, LogStore } from "./store"
import { heightOf, ROW, rowAt, topOf } from "./window"

export interface LogViewProps {
  store: LogStore
  version: number
  total: number
  found: Found[] | null
  /** The line of the address. */
  line: number | null
  times: boolean
  follow: boolean
  onFollow: (follow: boolean) => void
  find: RegExp | null
  onNumber: (number: number) => void
}

export function LogView({ store, total, found, line, times, follow, onFollow, find, onNumber }: LogViewProps) {
  const scroll = useRef<HTMLDivElement>(null)
  const [{ top, view }, setPlace] = useState({ top: 0, view: 600 })
  const zone = usePreferences((state) => state.zone)
  const rows = found ? found.length : total
  const moved = useRef(0)
  useLayoutEffect(() => {
    const element = scroll.current
    if (!element) return
    const measure = (): void => setPlace({ top: element.scrollTop, view: element.clientHeight })
    measure()
    const watch = new ResizeObserver(measure)
    watch.observe(element)
    return () => watch.disconnect()
  }, [])
  useLayoutEffect(() => {
    const element = scroll.current
    if (!element || !follow) return
    moved.current = performance.now()
    element.scrollTop = element.scrollHeight
  }, [follow, rows, view])
  const jumped = useRef<string>("")
  useEffect(() => {
    const element = scroll.current
    const key = `${line} ${found === null}`
    if (!element || line === null || rows === 0 || follow || found || jumped.current === key) return
    jumped.current = key
    element.scrollTop = Math.max(0, topOf(Math.max(0, line - 8), rows, element.clientHeight))
  }, [line, rows, follow, found])
  const onScroll = (): void => {
    const element = scroll.current
    if (!element) return
    setPlace({ top: element.scrollTop, view: element.clientHeight })
    if (performance.now() - moved.current < 120) return
    const end = element.scrollTop + element.clientHeight >= element.scrollHeight - ROW
    if (follow && !end) onFollow(false)
  }
  const first = rowAt(top, rows, view)
  const from = Math.max(0, Math.floor(first) - 20)
  const to = Math.min(rows, Math.ceil(first + view / ROW) + 20)
  const wide = String(total).length
  const lines = []
  for (let row = from; row < to; row++) {
    const number = found ? (found[row]?.number ?? 0) : row
    lines.push(
      <Line key={number} number={number} line={found ? found[row]?.line : store.line(number)} marked={number === line} times={times} wide={wide} zone={zone} find={find} onNumber={onNumber} />,
    )
  }
  return (
    <div ref={scroll} onScroll={onScroll} tabIndex={0} role="log" aria-label="Console output" aria-live="off" className="min-h-0 flex-1 overflow-auto bg-bg">
      <div className="relative w-max min-w-full" style={{ height: heightOf(rows) + 16 }}>
        <div className="w-max min-w-full" style={{ transform: `translateY(${top - (first - from) * ROW}px)` }}>{lines}</div>
      </div>
    </div>
  )
}
